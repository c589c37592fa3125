import type { Stage } from '@concord/contracts/queries'
import type { TurnPrompt, TurnPurpose } from '@concord/contracts/turns'
import type { Changes, Deps, EventBody, NewTurn, Query, ReadTurn, TurnChange } from '../ports.ts'

export type Tools = Pick<Deps, 'newId' | 'newToken'> & { settings: Pick<Deps['settings'], 'turnDeadlineMs'> }

/** One step of a query in the making: how things stand with the changes so far, and those changes. */
export type Draft = {
  readonly tools: Tools
  readonly now: Date
  query: Query
  turns: ReadTurn[]
  changes: Omit<Changes, 'newTurns' | 'events'> & { newTurns: NewTurn[]; events: EventBody[] }
}

export function startDraft(tools: Tools, now: Date, query: Query, turns: readonly ReadTurn[]): Draft {
  return { tools, now, query, turns: [...turns], changes: { query: {}, newTurns: [], events: [] } }
}

export function setQuery(draft: Draft, patch: Changes['query']): void {
  draft.query = { ...draft.query, ...patch }
  draft.changes.query = { ...draft.changes.query, ...patch }
}

export function tell(draft: Draft, ...events: readonly EventBody[]): void {
  draft.changes.events.push(...events)
}

/** What became of a turn; whether it was out or given up before, nobody waits for it any more. */
export function changeTurn(draft: Draft, id: string, change: TurnChange): void {
  draft.turns = draft.turns.map((turn) => (turn.id === id ? { ...turn, ...change } : turn))
  draft.changes.turn = { id, change }
  const { waiting } = draft.query
  if (waiting.some((turn) => turn.id === id)) setQuery(draft, { waiting: waiting.filter((turn) => turn.id !== id) })
}

/** Stops waiting for the turns that are out, and gives them. */
export function dropTurns(draft: Draft, status: 'failed' | 'cancelled', failureReason: string): ReadTurn[] {
  const ids = draft.query.waiting.map(({ id }) => id)
  const dropped = { status, failureReason, completedAt: draft.now }
  draft.turns = draft.turns.map((turn) => (ids.includes(turn.id) ? { ...turn, ...dropped } : turn))
  draft.changes.dropped = { ids, status, failureReason }
  setQuery(draft, { waiting: [] })
  return draft.turns.filter(({ id }) => ids.includes(id))
}

type Ask = { model: string; prompt: TurnPrompt; maxCostUsd: number | undefined }

/** Opens a stage: asks the models, and sets the moment at which it goes on without those who have not answered. */
export function ask(
  draft: Draft,
  stage: 'opening' | 'agreement' | 'debate' | 'synthesis',
  deadlineAt: Date,
  asks: readonly Ask[],
): void {
  const purpose = purposeOf[stage]
  const { round } = draft.query
  const asked = asks.map(({ model, prompt, maxCostUsd }): NewTurn => {
    const limit = draft.query.panel.find(({ name }) => name === model)?.maxOutputTokens ?? prompt.max_output_tokens
    const bounded = {
      ...prompt,
      max_output_tokens: Math.min(prompt.max_output_tokens, limit),
      ...(maxCostUsd === undefined ? {} : { max_cost_usd: maxCostUsd }),
    }
    return { id: draft.tools.newId('trn'), round, model, purpose, prompt: bounded }
  })
  draft.changes.newTurns.push(...asked)
  const waiting = asked.map(({ id, model }) => ({ id, model, attempt: 0 }))
  setQuery(draft, { stage, waiting, stageDeadlineAt: deadlineAt, stageStartedAt: draft.now })
}

/** What a model is asked for in a stage. */
export const purposeOf = {
  opening: 'opening',
  agreement: 'vote',
  debate: 'debate',
  synthesis: 'synthesis',
} as const satisfies Partial<Record<Stage, TurnPurpose>>
