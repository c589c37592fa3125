import type { Database, Db } from '@concord/database/database'
import { MessageTooLargeError } from '@concord/messaging/errors'
import type { TurnFailure } from '@concord/contracts/turns'
import { claimOnce } from '@concord/messaging/inbox'
import { VaultError } from '@concord/vault/vault-error'
import type { Vault } from '@concord/vault/vault'
import { and, asc, eq, sql } from 'drizzle-orm'
import { cancellations, inbox, turns } from '../db/schema.ts'
import type { TurnCancelled, TurnRequested, TurnResult, TurnStart, TurnStore } from '../ports.ts'
import { columnsOf, erased, outputAad, resultOfRow } from './stored-turn.ts'
import { forgetUsage } from './postgres-usage.ts'
import { claimTurn, releaseLeases, renewLeases } from './turn-claims.ts'
import type { Leases } from './turn-claims.ts'
import { turnEvents } from './turn-events.ts'

export type PostgresTurnsOptions = {
  database: Database
  vault: Vault
  leases: Leases
  /** The handlers' names in the inbox. */
  handlers: { requested: string; cancelled: string }
  /** Told after every commit that may have put events into the outbox. */
  committed: () => void
}

export function postgresTurns(options: PostgresTurnsOptions): TurnStore {
  const { db } = options.database
  const { vault, leases, committed } = options
  return {
    async start(event, now) {
      const start = await db.transaction((tx) => startTurn(tx, event, now, options))
      if (start.kind === 'started' || start.kind === 'settled') committed()
      return start
    },
    async finish(event, result) {
      try {
        await db.transaction((tx) => finishTurn(tx, event, result, options))
      } catch (error) {
        const lost = lossOf(error)
        if (!lost) throw error
        const { usage, costUsd, attempts, sandbox } = result
        await db.transaction((tx) =>
          finishTurn(tx, event, { ok: false, usage, costUsd, attempts, sandbox, ...lost }, options),
        )
      }
      committed()
    },
    renew: (turnIds) => renewLeases(db, turnIds, leases),
    release: (turnIds) => releaseLeases(db, turnIds, leases),
    cancel: (event) => db.transaction((tx) => cancelTurns(tx, event, options)),
    eraseUser: (userId) => db.transaction((tx) => eraseUser(tx, userId, vault)),
    recentLatencies: (limit) => recentLatencies(db, limit),
  }
}

async function startTurn(tx: Db, event: TurnRequested, now: Date, options: PostgresTurnsOptions): Promise<TurnStart> {
  const events = turnEvents(options.vault)
  const claim = await claimTurn(tx, event, options.leases)
  if (claim) {
    if (claim.cancelled) return { kind: 'cancelled' }
    if (Date.parse(event.data.deadline_at) <= now.getTime()) return { kind: 'expired' }
    await events.started(tx, event, claim.claims)
    return { kind: 'started', claim: claim.claims }
  }
  const [row] = await tx.select().from(turns).where(eq(turns.id, event.data.turn_id))
  if (!row || row.state === 'running') return { kind: 'busy' }
  // Another delivery of the same message changes nothing; a new request of a finished turn is told its result again.
  if (await claimOnce(tx, inbox, options.handlers.requested, event.id))
    await events.finished(tx, event, await resultOfRow(tx, options.vault, row))
  return { kind: 'settled' }
}

async function finishTurn(
  tx: Db,
  event: TurnRequested,
  result: TurnResult,
  { vault, handlers }: PostgresTurnsOptions,
): Promise<void> {
  const { turn_id: id, user_id: subject } = event.data
  const sealedOutput = result.ok
    ? await vault.encrypt(tx, { subject, aad: outputAad(id), text: JSON.stringify(result.output) })
    : null
  const { rowCount } = await tx
    .update(turns)
    .set({ ...columnsOf(result), sealedOutput, finishedAt: sql`now()` })
    .where(and(eq(turns.id, id), eq(turns.state, 'running')))
  await claimOnce(tx, inbox, handlers.requested, event.id)
  if (rowCount === 1) await turnEvents(vault).finished(tx, event, result)
}

/** Answers that can never be stored: those of users erased meanwhile, and those that no message can carry. */
function lossOf(error: unknown): { reason: TurnFailure; detail: string } | undefined {
  if (error instanceof VaultError && error.code === 'forgotten') return erased
  if (error instanceof MessageTooLargeError) return { reason: 'malformed_output', detail: 'the answer is too large' }
  return undefined
}

async function cancelTurns(tx: Db, { id, data }: TurnCancelled, { handlers }: PostgresTurnsOptions): Promise<void> {
  if (!(await claimOnce(tx, inbox, handlers.cancelled, id))) return
  const turnIds = data.turn_ids.length > 0 ? data.turn_ids : ['']
  await insertCancellations(
    tx,
    turnIds.map((turnId) => ({ queryId: data.query_id, turnId })),
  )
}

async function eraseUser(tx: Db, userId: string, vault: Vault): Promise<string[]> {
  const running = await tx
    .select({ queryId: turns.queryId, turnId: turns.id })
    .from(turns)
    .where(and(eq(turns.userId, userId), eq(turns.state, 'running')))
  await insertCancellations(tx, running)
  await forgetUsage(tx, userId)
  await vault.forget(tx, userId)
  return running.map(({ turnId }) => turnId)
}

async function insertCancellations(tx: Db, rows: readonly { queryId: string; turnId: string }[]): Promise<void> {
  if (rows.length > 0)
    await tx
      .insert(cancellations)
      .values([...rows])
      .onConflictDoNothing()
}

async function recentLatencies(db: Db, limit: number): Promise<Map<string, number[]>> {
  const ranked = db
    .select({
      model: turns.model,
      latencyMs: turns.latencyMs,
      finishedAt: turns.finishedAt,
      rank: sql<number>`row_number() over (partition by ${turns.model} order by ${turns.finishedAt} desc)`.as('rank'),
    })
    .from(turns)
    .where(eq(turns.state, 'completed'))
    .as('ranked')
  const rows = await db
    .select()
    .from(ranked)
    .where(sql`${ranked.rank} <= ${limit}`)
    .orderBy(asc(ranked.finishedAt))
  const latencies = new Map<string, number[]>()
  for (const { model, latencyMs } of rows) {
    if (latencyMs !== null) latencies.set(model, [...(latencies.get(model) ?? []), latencyMs])
  }
  return latencies
}
