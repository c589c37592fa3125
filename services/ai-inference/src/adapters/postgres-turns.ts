import type { Database, Db } from '@concord/database/database'
import { MessageTooLargeError } from '@concord/messaging/errors'
import type { TurnFailure } from '@concord/contracts/turns'
import { claimOnce } from '@concord/messaging/inbox'
import { VaultError } from '@concord/vault/vault-error'
import type { Vault } from '@concord/vault/vault'
import { and, eq, sql } from '@concord/database/sql'
import { cancellations, inbox, outbox, turns } from '../db/schema.ts'
import type { TurnCancelled, TurnRequested, TurnResult, TurnStart, TurnStore } from '../ports.ts'
import { columnsOf, erased, outputAad, resultOfRow } from './stored-turn.ts'
import { storeResult } from './store-result.ts'
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
      const start = await startTurn(db, event, now, options)
      if (start.kind === 'started' || start.kind === 'settled') committed()
      return start
    },
    async finish(event, result) {
      try {
        await finishTurn(db, event, result, options)
      } catch (error) {
        const lost = lossOf(error)
        if (!lost) throw error
        const { usage, costUsd, attempts, sandbox } = result
        await finishTurn(db, event, { ok: false, usage, costUsd, attempts, sandbox, ...lost }, options)
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

async function startTurn(db: Db, event: TurnRequested, now: Date, options: PostgresTurnsOptions): Promise<TurnStart> {
  const started = turnEvents(options.vault).started(event)
  const claim = await claimTurn(db, { event, started, now }, options.leases)
  if (!claim) return db.transaction((tx) => tellAgain(tx, event, options))
  if (claim.cancelled) return { kind: 'cancelled' }
  if (Date.parse(event.data.deadline_at) <= now.getTime()) return { kind: 'expired' }
  return { kind: 'started', claim: claim.claims }
}

async function tellAgain(tx: Db, event: TurnRequested, { vault, handlers }: PostgresTurnsOptions): Promise<TurnStart> {
  const [row] = await tx.select().from(turns).where(eq(turns.id, event.data.turn_id))
  if (!row || row.state === 'running') return { kind: 'busy' }
  // Another delivery of the same message changes nothing; a new request of a finished turn is told its result again.
  if (await claimOnce(tx, inbox, handlers.requested, event.id))
    await tx.insert(outbox).values(turnEvents(vault).finished(event, await resultOfRow(tx, vault, row)))
  return { kind: 'settled' }
}

async function finishTurn(
  db: Db,
  event: TurnRequested,
  result: TurnResult,
  { vault, handlers }: PostgresTurnsOptions,
): Promise<void> {
  const { turn_id: id, user_id: subject } = event.data
  const sealedOutput = result.ok
    ? await vault.encrypt(db, { subject, aad: outputAad(id), text: JSON.stringify(result.output) })
    : null
  const told = turnEvents(vault).finished(event, result)
  await storeResult(db, {
    id,
    columns: columnsOf(result),
    sealedOutput,
    told,
    seen: { id: event.id, handler: handlers.requested },
  })
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

/** Looks each model up by itself, by its index: the turns of all time are not read through for the last few. */
async function recentLatencies(db: Db, limit: number): Promise<Map<string, number[]>> {
  const { rows } = await db.execute<{ model: string; latency_ms: number }>(sql`
    with recursive known as (
      (select model from ${turns} where state = 'completed' order by model limit 1)
      union all
      select (select t.model from ${turns} t where t.state = 'completed' and t.model > known.model order by t.model limit 1)
      from known where known.model is not null
    )
    select known.model, latest.latency_ms from known cross join lateral (
      select t.latency_ms, t.finished_at from ${turns} t
      where t.state = 'completed' and t.model = known.model order by t.finished_at desc limit ${limit}
    ) latest
    where latest.latency_ms is not null order by latest.finished_at`)
  const latencies = new Map<string, number[]>()
  for (const { model, latency_ms: latency } of rows) latencies.set(model, [...(latencies.get(model) ?? []), latency])
  return latencies
}
