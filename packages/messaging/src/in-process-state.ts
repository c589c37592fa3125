import type { Database } from '@concord/database/database'
import { asc, eq, sql } from '@concord/database/sql'
import type { BusState } from './bus-state.ts'
import { deliveries, subscriptions } from './schema.ts'

/** The same view of the bus as a table. What a consumer holds at the moment is neither waiting nor retrying. */
export async function inProcessState({ db }: Pick<Database, 'db'>): Promise<BusState> {
  const total = (which: ReturnType<typeof sql>) => sql<number>`(count(${deliveries.id}) filter (where ${which}))::int`
  const free = sql`${deliveries.dead_at} is null and (${deliveries.leased_by} is null or ${deliveries.ready_at} <= now())`
  const waiting = total(sql`${free} and ${deliveries.failures} = 0`)
  const queues = await db
    .select({ handler: subscriptions.handler, waiting })
    .from(subscriptions)
    .leftJoin(deliveries, eq(deliveries.handler, subscriptions.handler))
    .groupBy(subscriptions.handler)
    .orderBy(asc(subscriptions.handler))
  const [sums] = await db
    .select({
      retrying: total(sql`${free} and ${deliveries.failures} > 0`),
      dead: total(sql`${deliveries.dead_at} is not null`),
    })
    .from(deliveries)
  return {
    queues: queues.map((queue) => ({ ...queue, consumers: null })),
    retrying: sums?.retrying ?? 0,
    unrouted: 0,
    dead: sums?.dead ?? 0,
    version: null,
  }
}
