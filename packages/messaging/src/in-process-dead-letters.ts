import type { Database } from '@concord/database/database'
import { and, asc, count, eq, isNotNull, sql } from 'drizzle-orm'
import type { DeadLetterChoice, DeadLetters } from './bus.ts'
import { deliveries } from './schema.ts'

/** The rows of `bus.deliveries` that are marked dead. `revived` is called when some of them are deliveries again. */
export function inProcessDeadLetters({ db }: Pick<Database, 'db'>, revived: () => void): DeadLetters {
  const dead = isNotNull(deliveries.dead_at)
  const chosen = ({ handler, id }: DeadLetterChoice) =>
    and(dead, eq(deliveries.handler, handler), id === undefined ? undefined : eq(deliveries.message_id, id))

  return {
    async list({ handler, limit = 100 } = {}) {
      const rows = await db
        .select()
        .from(deliveries)
        .where(handler === undefined ? dead : chosen({ handler }))
        .orderBy(asc(deliveries.dead_at), asc(deliveries.id))
        .limit(Math.min(limit, 1000))
      return rows.map((row) => ({
        id: row.message_id,
        type: row.type,
        handler: row.handler,
        reason: row.reason ?? '',
        attempts: row.failures,
        at: (row.dead_at ?? row.created_at).toISOString(),
        body: JSON.parse(row.body),
      }))
    },
    async count() {
      const [row] = await db.select({ total: count() }).from(deliveries).where(dead)
      return row?.total ?? 0
    },
    async replay(choice) {
      const fresh = { dead_at: null, reason: null, failures: 0, unsettled: 0, ready_at: sql`now()` }
      const { rowCount } = await db.update(deliveries).set(fresh).where(chosen(choice))
      revived()
      return rowCount ?? 0
    },
    async drop(choice) {
      const { rowCount } = await db.delete(deliveries).where(chosen(choice))
      return rowCount ?? 0
    },
  }
}
