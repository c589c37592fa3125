import type { Database, Db } from '@concord/database/database'
import { and, count, eq, inArray, isNull, sql } from '@concord/database/sql'
import type { BusMessage } from './bus.ts'
import { encodeBody } from './encode-body.ts'
import { deliveries, subscriptions } from './schema.ts'

/** A delivery this process holds. */
export type Leased = {
  id: number
  message_id: string
  type: string
  handler: string
  body: string
  headers: Record<string, string>
  failures: number
  unsettled: number
}

/** How many more messages a handler can take now. */
export type Demand = { handler: string; slots: number }

/** The statements on `bus.deliveries`, each one round trip, by the database's clock. */
export type Deliveries = {
  insert(db: Db, messages: readonly BusMessage[]): Promise<void>
  /** Leases what is ready, oldest first; never what is in `held`, even when its lease ran out while this process was busy. */
  take(demand: readonly Demand[], held: readonly number[]): Promise<Leased[]>
  /** Answers which of them are still this process's. */
  renew(ids: readonly number[]): Promise<number[]>
  finish(ids: readonly number[]): Promise<void>
  retry(id: number, delayMs: number, o: { counts: boolean }): Promise<void>
  bury(id: number, reason: string): Promise<void>
  /** Gives back what was not handled, as if it had not been taken. */
  release(ids: readonly number[]): Promise<void>
  owners(): Promise<string[]>
  voidLeases(owners: readonly string[]): Promise<void>
  waiting(): Promise<Record<string, number>>
}

export function createDeliveries(o: { database: Pick<Database, 'db'>; owner: string; leaseMs: number }): Deliveries {
  const { db } = o.database
  const leaseEnd = sql`now() + ${o.leaseMs} * interval '1 millisecond'`
  const mine = (ids: readonly number[]) => and(inArray(deliveries.id, [...ids]), eq(deliveries.leased_by, o.owner))

  return {
    insert,
    take: (demand, held) => take(db, { owner: o.owner, leaseMs: o.leaseMs, demand, held }),
    async renew(ids) {
      const rows = await db
        .update(deliveries)
        .set({ ready_at: leaseEnd })
        .where(mine(ids))
        .returning({ id: deliveries.id })
      return rows.map(({ id }) => id)
    },
    async finish(ids) {
      await db.delete(deliveries).where(mine(ids))
    },
    async retry(id, delayMs, { counts }) {
      const ready_at = sql`now() + ${delayMs} * interval '1 millisecond'`
      const failures = sql`${deliveries.failures} + ${counts ? 1 : 0}`
      await db
        .update(deliveries)
        .set({ ready_at, failures, leased_by: null, unsettled: 0 })
        .where(mine([id]))
    },
    async bury(id, reason) {
      const failures = sql`${deliveries.failures} + 1`
      await db
        .update(deliveries)
        .set({ dead_at: sql`now()`, reason, failures, leased_by: null })
        .where(mine([id]))
    },
    async release(ids) {
      const unsettled = sql`${deliveries.unsettled} - 1`
      await db
        .update(deliveries)
        .set({ ready_at: sql`now()`, leased_by: null, unsettled })
        .where(mine(ids))
    },
    async owners() {
      const rows = await db.selectDistinct({ owner: deliveries.leased_by }).from(deliveries)
      return rows.flatMap(({ owner }) => owner ?? [])
    },
    async voidLeases(owners) {
      await db
        .update(deliveries)
        .set({ ready_at: sql`now()`, leased_by: null })
        .where(inArray(deliveries.leased_by, [...owners]))
    },
    async waiting() {
      const rows = await db
        .select({ handler: deliveries.handler, waiting: count() })
        .from(deliveries)
        .where(isNull(deliveries.dead_at))
        .groupBy(deliveries.handler)
      return Object.fromEntries(rows.map(({ handler, waiting }) => [handler, waiting]))
    },
  }
}

/** One delivery for every subscriber of each message, in the messages' order. */
async function insert(db: Db, messages: readonly BusMessage[]): Promise<void> {
  const column = (of: (message: BusMessage) => string) => sql`${sql.param(messages.map(of))}::text[]`
  await db.execute(sql`
    insert into ${deliveries} (message_id, type, handler, body, headers)
    select message.id, message.type, ${subscriptions.handler}, message.body, message.headers::jsonb
    from unnest(
      ${column(({ id }) => id)},
      ${column(({ type }) => type)},
      ${column(({ type, body }) => encodeBody(type, body))},
      ${column(({ headers }) => JSON.stringify(headers))}
    ) with ordinality as message (id, type, body, headers, place)
    join ${subscriptions} on ${subscriptions.type} = message.type
    order by message.place`)
}

/** The subselect is materialized: a plan that ran it again would lease more than the slots. */
async function take(
  db: Db,
  {
    owner,
    leaseMs,
    demand,
    held,
  }: { owner: string; leaseMs: number; demand: readonly Demand[]; held: readonly number[] },
): Promise<Leased[]> {
  const handlers = sql.param(demand.map(({ handler }) => handler))
  const slots = sql.param(demand.map((one) => one.slots))
  const { rows } = await db.execute<Omit<Leased, 'id'> & { id: string }>(sql`
    with picked as materialized (
      select ready.id
      from unnest(${handlers}::text[], ${slots}::int[]) as demand (handler, slots)
      cross join lateral (
        select delivery.id
        from ${deliveries} as delivery
        where delivery.handler = demand.handler and dead_at is null and ready_at <= now()
          and delivery.id <> all (${sql.param([...held])}::bigint[])
        order by ready_at, delivery.id
        limit demand.slots
        for update skip locked
      ) as ready
    )
    update ${deliveries} as taken
    set leased_by = ${owner}, ready_at = now() + ${leaseMs} * interval '1 millisecond', unsettled = unsettled + 1
    from picked
    where taken.id = picked.id
    returning taken.id, message_id, type, handler, body, headers, failures, unsettled`)
  return rows.map((row) => ({ ...row, id: Number(row.id) })).toSorted((a, b) => a.id - b.id)
}
