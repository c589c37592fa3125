import { index, text, timestamp } from '@concord/database/tables'
import type { PgSchema } from '@concord/database/tables'

/** A service's subject keys, for its own schema. A row whose `wrappedKey` is null is a subject that was erased for good. */
export function subjectKeysTable(schema: PgSchema) {
  return schema.table(
    'subject_keys',
    {
      subject: text().primaryKey(),
      wrappedKey: text('wrapped_key'),
      /** The ring key it is wrapped under, for the search of what is left to rotate. */
      ringKeyId: text('ring_key_id').notNull(),
      createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
      forgottenAt: timestamp('forgotten_at', { withTimezone: true }),
    },
    (table) => [index().on(table.ringKeyId)],
  )
}

export type SubjectKeysTable = ReturnType<typeof subjectKeysTable>
