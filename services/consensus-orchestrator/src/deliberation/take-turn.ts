import type { TurnOutput } from '@concord/contracts/turns'
import type { Deps, Query, Transaction, Turn } from '../ports.ts'
import { keepsForm } from './answer-shown.ts'
import type { Draft } from './draft.ts'
import { purposeOf, startDraft } from './draft.ts'
import { moveOn } from './move-on.ts'
import type { Completed, Failed, Started } from './turn-events.ts'
import { noteAnswered, noteFailed, noteStarted } from './turn-events.ts'

type Message = { id: string; handler: string }
type TakeDeps = Pick<Deps, 'inTransaction' | 'newId' | 'newToken' | 'settings' | 'now'>

export function turnWasStarted(deps: TakeDeps, message: Message, event: Started): Promise<void> {
  return deps.inTransaction((tx) => take(deps, tx, message, event, (draft, turn) => noteStarted(draft, turn, event)))
}

/** `output` is the opened text of the event, or undefined where it could not be read. */
export function turnWasCompleted(
  deps: TakeDeps,
  message: Message,
  event: Completed,
  output: TurnOutput | undefined,
): Promise<void> {
  const malformed = { reason: 'malformed_output', detail: 'the answer broke the form that was asked for' }
  return deps.inTransaction((tx) =>
    take(deps, tx, message, event, (draft, turn) =>
      output && keepsForm(turn.purpose, output)
        ? noteAnswered(draft, turn, event, output)
        : noteFailed(draft, turn, event, malformed),
    ),
  )
}

export function turnHasFailed(deps: TakeDeps, message: Message, event: Failed): Promise<void> {
  const { reason, detail } = event
  return deps.inTransaction((tx) =>
    take(deps, tx, message, event, (draft, turn) =>
      noteFailed(draft, turn, event, { reason, detail: detail.slice(0, 1_000) }),
    ),
  )
}

/** The query is locked before anything is read, so that of two last answers one sees the other. */
async function take(
  deps: TakeDeps,
  tx: Transaction,
  message: Message,
  event: { query_id: string; turn_id: string },
  note: (draft: Draft, turn: Turn) => boolean,
): Promise<void> {
  const query = await tx.lockQuery(event.query_id, message)
  if (!query) return
  const awaited = awaitedTurn(query, event.turn_id)
  const turn = awaited ?? (await tx.turns(query.id)).find(({ id }) => id === event.turn_id)
  if (!turn) return
  const draft = startDraft(deps, deps.now(), query, [])
  if (!note(draft, turn)) return
  if (awaited && draft.query.waiting.length === 0) await moveOnWithTexts(tx, draft, query)
  await tx.save(query, draft.changes, draft.now)
}

/** What the query itself knows of a turn that is out; nothing else has to be read for it. */
function awaitedTurn({ waiting, round, stage, createdAt }: Query, turnId: string): Turn | undefined {
  const found = waiting.find(({ id }) => id === turnId)
  if (!found || stage === 'done') return undefined
  const usage = { inputTokens: 0, outputTokens: 0, costUsd: 0 }
  return {
    ...usage,
    id: found.id,
    round,
    model: found.model,
    purpose: purposeOf[stage],
    status: 'requested',
    requestedAt: createdAt,
    completedAt: null,
    latencyMs: null,
    sandbox: false,
    settled: false,
    failureReason: null,
  }
}

/** Texts are read, and decrypted, only when the stage is complete. */
async function moveOnWithTexts(tx: Transaction, draft: Draft, query: Query): Promise<void> {
  const { turn } = draft.changes
  draft.turns = (await tx.readTurns(query)).map((stored) =>
    stored.id === turn?.id ? { ...stored, ...turn.change } : stored,
  )
  moveOn(draft)
}
