import type { Db } from '@concord/database/database'
import { mayBeAlive } from '@concord/messaging/process-liveness'
import { and, eq, inArray, sql } from 'drizzle-orm'
import { cancellations, turns } from '../db/schema.ts'
import type { TurnRequested } from '../ports.ts'

/** This process's hold on turns: a name in the rows, and a time by which it must be renewed. */
export type Leases = { owner: string; leaseMs: number }

/** How often the turn was taken up, this time included, and whether it is to be asked at all. */
export type Claim = { claims: number; cancelled: boolean }

/** Takes the turn, or takes it over from a process that is gone. Undefined when it is finished or another's. */
export async function claimTurn(tx: Db, event: TurnRequested, leases: Leases): Promise<Claim | undefined> {
  return (await claim(tx, event, leases)) ?? (await claimFromTheDead(tx, event, leases))
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

async function claim(tx: Db, { data }: TurnRequested, leases: Leases): Promise<Claim | undefined> {
  const lease = { leaseOwner: leases.owner, leaseUntil: leaseEnd(leases) }
  const free = sql`${turns.state} = 'running' and (${turns.leaseOwner} = ${leases.owner} or ${turns.leaseUntil} <= now())`
  const [row] = await tx
    .insert(turns)
    .values({
      id: data.turn_id,
      queryId: data.query_id,
      userId: data.user_id,
      model: data.model,
      round: data.round,
      purpose: data.purpose,
      deadlineAt: new Date(data.deadline_at),
      ...lease,
    })
    .onConflictDoUpdate({ target: turns.id, set: { claims: sql`${turns.claims} + 1`, ...lease }, setWhere: free })
    .returning({ claims: turns.claims, cancelled: isCancelled })
  return row
}

/** A lease whose process is known to be gone is void at once; on other hosts it has to end by itself. */
async function claimFromTheDead(tx: Db, event: TurnRequested, leases: Leases): Promise<Claim | undefined> {
  const held = and(eq(turns.id, event.data.turn_id), eq(turns.state, 'running'))
  const [row] = await tx.select({ owner: turns.leaseOwner }).from(turns).where(held)
  if (!row || mayBeAlive(row.owner)) return undefined
  await tx
    .update(turns)
    .set({ leaseUntil: sql`now()` })
    .where(and(held, eq(turns.leaseOwner, row.owner)))
  return claim(tx, event, leases)
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
