import type { Db } from '@concord/database/database'
import { preparedSql } from '@concord/database/prepared'
import type { OutboxRow } from '@concord/messaging/outbox'
import { mayBeAlive } from '@concord/messaging/process-liveness'
import { and, eq, inArray, sql } from '@concord/database/sql'
import { cancellations, outbox, turns } from '../db/schema.ts'
import type { TurnRequested } from '../ports.ts'
import { attemptsPerClaim } from '../turns/take-turn.ts'

/** This process's hold on turns: a name in the rows, and a time by which it must be renewed. */
export type Leases = { owner: string; leaseMs: number }

/** How often the turn was taken up, this time included, and whether it is to be asked at all. */
export type Claim = { claims: number; cancelled: boolean }

/** `started` is told of the turn's first claim; where it was taken up before, the attempt in it is set right. */
export type Taking = { event: TurnRequested; started: OutboxRow; now: Date }

/**
 * Takes the turn, or takes it over from a process that is gone, and tells that it has started unless it was cancelled or has no time
 * left: one statement, and so one transaction. Undefined when it is finished or another's.
 */
export async function claimTurn(db: Db, taking: Taking, leases: Leases): Promise<Claim | undefined> {
  return (await claim(db, taking, leases)) ?? (await claimFromTheDead(db, taking, leases))
}

/** Extends the leases of these turns and answers which of them were cancelled. */
export async function renewLeases(db: Db, turnIds: readonly string[], leases: Leases): Promise<string[]> {
  if (turnIds.length === 0) return []
  const rows = await db
    .update(turns)
    .set({ leaseUntil: leaseEnd(leases) })
    .where(heldBy(turnIds, leases))
    .returning({ id: turns.id, cancelled: isCancelled })
  return rows.filter(({ cancelled }) => cancelled).map(({ id }) => id)
}

export async function releaseLeases(db: Db, turnIds: readonly string[], leases: Leases): Promise<void> {
  if (turnIds.length === 0) return
  await db
    .update(turns)
    .set({ leaseUntil: sql`now()` })
    .where(heldBy(turnIds, leases))
}

async function claim(db: Db, { event: { data }, started, now }: Taking, leases: Leases): Promise<Claim | undefined> {
  const { rows } = await claiming(db, {
    id: data.turn_id,
    query: data.query_id,
    user: data.user_id,
    model: data.model,
    round: data.round,
    purpose: data.purpose,
    deadline: data.deadline_at,
    owner: leases.owner,
    leaseMs: leases.leaseMs,
    expired: Date.parse(data.deadline_at) <= now.getTime(),
    message: started.id,
    type: started.type,
    body: started.body,
    traceparent: started.traceparent ?? null,
  })
  return rows[0]
}

const of = sql.placeholder
const claiming = preparedSql<Claim>(sql`
  with claimed as (
    insert into ${turns} as known (id, query_id, user_id, model, round, purpose, deadline_at, lease_owner, lease_until)
    values (${of('id')}, ${of('query')}, ${of('user')}, ${of('model')}, ${of('round')}, ${of('purpose')}, ${of('deadline')},
      ${of('owner')}, now() + ${of('leaseMs')} * interval '1 millisecond')
    on conflict (id) do update
      set claims = known.claims + 1, lease_owner = excluded.lease_owner, lease_until = excluded.lease_until
      where known.state = 'running' and (known.lease_owner = excluded.lease_owner or known.lease_until <= now())
    returning claims, exists (
      select from ${cancellations} c where c.query_id = known.query_id and c.turn_id in ('', known.id)
    ) as cancelled
  ), told as (
    insert into ${outbox} (id, type, body, traceparent)
    select ${of('message')}::uuid, ${of('type')}::text, case when claims = 1 then ${of('body')}::text else jsonb_set(
      ${of('body')}::jsonb, '{data,attempt}', to_jsonb((claims - 1) * ${sql.raw(String(attemptsPerClaim))} + 1))::text end,
      ${of('traceparent')}::text
    from claimed where not cancelled and not ${of('expired')}::boolean
  )
  select claims, cancelled from claimed`)

/** A lease whose process is known to be gone is void at once; on other hosts it has to end by itself. */
async function claimFromTheDead(db: Db, taking: Taking, leases: Leases): Promise<Claim | undefined> {
  const held = and(eq(turns.id, taking.event.data.turn_id), eq(turns.state, 'running'))
  const [row] = await db.select({ owner: turns.leaseOwner }).from(turns).where(held)
  if (!row || mayBeAlive(row.owner)) return undefined
  await db
    .update(turns)
    .set({ leaseUntil: sql`now()` })
    .where(and(held, eq(turns.leaseOwner, row.owner)))
  return claim(db, taking, leases)
}

// Spelt out: in `returning` the query builder leaves out the names of tables, and `query_id` would mean that of the inner one.
const isCancelled = sql<boolean>`exists (
  select from ${cancellations} c
  where c.query_id = ${turns}.query_id and c.turn_id in ('', ${turns}.id)
)`

function heldBy(turnIds: readonly string[], { owner }: Leases) {
  return and(inArray(turns.id, [...turnIds]), eq(turns.leaseOwner, owner), eq(turns.state, 'running'))
}

function leaseEnd({ leaseMs }: Leases) {
  return sql`now() + ${leaseMs} * interval '1 millisecond'`
}
