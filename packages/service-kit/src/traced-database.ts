import type { Database, Db } from '@concord/database/database'
import { inSpan } from './trace.ts'

/** The database with a span for each transaction of a flow that is recorded. Statements are not told apart, and never shown. */
export function tracedDatabase(database: Database): Database {
  const transaction: Db['transaction'] = (work, config) =>
    inSpan('transaction', { kind: 'client', attributes: { 'db.system.name': 'postgresql' } }, () =>
      database.db.transaction(work, config),
    )
  const db: Db = Object.create(database.db, { transaction: { value: transaction } })
  return { ...database, db }
}
