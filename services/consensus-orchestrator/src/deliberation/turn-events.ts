import type { EventOf } from '@concord/contracts/envelope'
import type { turnCompleted, turnFailed, turnStarted } from '@concord/contracts/events'
import type { TurnOutput } from '@concord/contracts/turns'
import type { Turn, TurnChange, Usage } from '../ports.ts'
import { modelAnswered } from './answer-shown.ts'
import type { Draft } from './draft.ts'
import { changeTurn, setQuery, tell } from './draft.ts'

export type Started = EventOf<typeof turnStarted>['data']
export type Completed = EventOf<typeof turnCompleted>['data']
export type Failed = EventOf<typeof turnFailed>['data']

/** Each of these gives false where the event changes nothing: a repeat, or one that was overtaken by a later one. */
export function noteStarted(draft: Draft, turn: Turn, { attempt }: Started): boolean {
  const { waiting } = draft.query
  const known = waiting.find(({ id }) => id === turn.id)
  if (!known || attempt <= known.attempt) return false
  const { round, model, purpose } = turn
  setQuery(draft, { waiting: waiting.map((one) => (one === known ? { ...one, attempt } : one)) })
  tell(draft, { type: 'model_started', data: { round, model, purpose, attempt } })
  return true
}

/** An answer after its stage went on is kept, and does not count. */
export function noteAnswered(draft: Draft, turn: Turn, event: Completed, output: TurnOutput): boolean {
  if (turn.settled) return false
  const { latency_ms: latencyMs, sandbox } = event
  const answer: TurnChange = { ...ending(draft, event), latencyMs, sandbox, output }
  const late = !isOut(draft, turn)
  if (turn.status === 'cancelled') {
    changeTurn(draft, turn.id, { ...ending(draft, event) })
    return true
  }
  changeTurn(draft, turn.id, { ...answer, status: late ? 'late' : 'ok' })
  if (draft.query.status !== 'processing') return true
  addToQuery(draft, event)
  tell(draft, modelAnswered(turn, output, { sandbox, latencyMs, late }))
  return true
}

export function noteFailed(
  draft: Draft,
  turn: Turn,
  event: Failed | Completed,
  { reason, detail }: { reason: string; detail: string },
): boolean {
  if (turn.settled) return false
  const { round, model, purpose } = turn
  const { sandbox } = event
  if (isOut(draft, turn)) {
    changeTurn(draft, turn.id, {
      ...ending(draft, event),
      sandbox,
      status: 'failed',
      failureReason: reason,
      failureDetail: detail,
    })
    tell(draft, { type: 'model_failed', data: { round, model, purpose, reason, detail } })
  } else {
    changeTurn(draft, turn.id, ending(draft, event))
  }
  if (draft.query.status === 'processing') addToQuery(draft, event)
  return true
}

function isOut({ query }: Draft, { id }: Turn): boolean {
  return query.waiting.some((turn) => turn.id === id)
}

type Reported = Pick<Completed, 'input_tokens' | 'output_tokens' | 'cost_usd' | 'sandbox'>

function ending({ now }: Draft, event: Reported) {
  return { settled: true, completedAt: now, ...usageOf(event) }
}

function addToQuery(draft: Draft, event: Reported): void {
  const { inputTokens, outputTokens, costUsd, sandbox } = draft.query
  const usage = usageOf(event)
  setQuery(draft, {
    inputTokens: inputTokens + usage.inputTokens,
    outputTokens: outputTokens + usage.outputTokens,
    costUsd: costUsd + usage.costUsd,
    ...(event.sandbox && !sandbox ? { sandbox: true } : {}),
  })
}

function usageOf({ input_tokens: inputTokens, output_tokens: outputTokens, cost_usd: costUsd }: Reported): Usage {
  return { inputTokens, outputTokens, costUsd }
}
