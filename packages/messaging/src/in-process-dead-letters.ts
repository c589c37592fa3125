import type { Database } from '@concord/database/database'
import { and, asc, count, desc, eq, exists, isNotNull, min, sql } from '@concord/database/sql'
import type { DeadLetter, DeadLetterChoice, DeadLetters } from './bus.ts'
import { deliveries, subscriptions } from './schema.ts'

const dead = isNotNull(deliveries.dead_at)

/** The rows of `bus.deliveries` that are marked dead. `revived` is called when some of them are deliveries again. */
export function inProcessDeadLetters({ db }: Pick<Database, 'db'>, revived: () => void): DeadLetters {
  const total = count()
  const taken = db
    .select({ one: sql`1` })
    .from(subscriptions)
    .where(eq(subscriptions.handler, deliveries.handler))

  return {
    async list({ limit = 100, ...choice } = {}) {
      const rows = await db
        .select()
        .from(deliveries)
        .where(chosen(choice))
        .orderBy(asc(deliveries.dead_at), asc(deliveries.id))
        .limit(Math.min(limit, 1000))
      return rows.map(toDeadLetter)
    },
    async count() {
      const [row] = await db.select({ total }).from(deliveries).where(dead)
      return row?.total ?? 0
    },
    async groups() {
      const rows = await db
        .select({ handler: deliveries.handler, total, oldest: min(deliveries.dead_at) })
        .from(deliveries)
        .where(dead)
        .groupBy(deliveries.handler)
        .orderBy(desc(total), asc(deliveries.handler))
      return rows.map(({ handler, total: found, oldest }) => ({
        handler,
        count: found,
        oldest: (oldest ?? new Date()).toISOString(),
      }))
    },
    async replay(choice) {
      const fresh = { dead_at: null, reason: null, failures: 0, unsettled: 0, ready_at: sql`now()` }
      const { rowCount } = await db
        .update(deliveries)
        .set(fresh)
        .where(and(chosen(choice), exists(taken)))
      revived()
      const [row] = await db
        .select({ total })
        .from(deliveries)
        .where(and(chosen(choice), sql`not ${exists(taken)}`))
      return { replayed: rowCount ?? 0, unhandled: row?.total ?? 0 }
    },
    async drop(choice) {
      const { rowCount } = await db.delete(deliveries).where(chosen(choice))
      return rowCount ?? 0
    },
  }
}

function chosen({ handler, id }: DeadLetterChoice) {
  return and(
    dead,
    handler === undefined ? undefined : eq(deliveries.handler, handler),
    id === undefined ? undefined : eq(deliveries.message_id, id),
  )
}

function toDeadLetter(row: typeof deliveries.$inferSelect): DeadLetter {
  return {
    id: row.message_id,
    type: row.type,
    handler: row.handler,
    reason: row.reason ?? '',
    attempts: row.failures,
    at: (row.dead_at ?? row.created_at).toISOString(),
    headers: row.headers,
    bytes: Buffer.byteLength(row.body),
    body: JSON.parse(row.body),
  }
}
