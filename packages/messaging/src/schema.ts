import { sql } from '@concord/database/sql'
import { bigint, index, integer, jsonb, pgSchema, text, timestamp } from '@concord/database/tables'

export const bus = pgSchema('bus')

/** Which handlers get a type. Kept, so that an event published at start-up reaches services that have not declared yet. */
export const subscriptions = bus.table(
  'subscriptions',
  { handler: text().primaryKey(), service: text().notNull(), type: text().notNull() },
  (table) => [index().on(table.type)],
)

/**
 * One row per message and handler, gone when handled. `ready_at` is when it may be taken: the end of its lease while a
 * process works on it, the end of its delay after a failure. `dead_at` marks a dead letter.
 */
export const deliveries = bus.table(
  'deliveries',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    message_id: text().notNull(),
    type: text().notNull(),
    handler: text().notNull(),
    body: text().notNull(),
    headers: jsonb().$type<Record<string, string>>().notNull(),
    failures: integer().notNull().default(0),
    unsettled: integer().notNull().default(0),
    ready_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
    leased_by: text(),
    dead_at: timestamp({ withTimezone: true }),
    reason: text(),
    created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    index('deliveries_ready')
      .on(table.handler, table.ready_at, table.id)
      .where(sql`dead_at is null`),
    index('deliveries_dead')
      .on(table.handler, table.dead_at)
      .where(sql`dead_at is not null`),
  ],
)
