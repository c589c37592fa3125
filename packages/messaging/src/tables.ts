import type { PgSchema } from '@concord/database/tables'
import { bigint, index, primaryKey, text, timestamp, uuid } from '@concord/database/tables'

/** Events committed with the state they tell about and not yet on the bus. Rows live for milliseconds. */
export function outboxTable<Name extends string>(schema: PgSchema<Name>) {
  return schema.table('outbox', {
    position: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    id: uuid().notNull(),
    type: text().notNull(),
    body: text().notNull(),
    traceparent: text(),
    created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  })
}

/** Messages whose effect is committed, by handler. Kept for longer than any redelivery, by each service's retention. */
export function inboxTable<Name extends string>(schema: PgSchema<Name>) {
  return schema.table(
    'inbox',
    {
      handler: text().notNull(),
      message_id: uuid().notNull(),
      created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
    },
    (table) => [primaryKey({ columns: [table.message_id, table.handler] }), index().on(table.created_at)],
  )
}

export type OutboxTable = ReturnType<typeof outboxTable>
export type InboxTable = ReturnType<typeof inboxTable>
