import type { DurableEvent, LiveEvent, PassingEvent } from '@concord/contracts/live-events'
import type { QueryDetail, QueryResults, QueryStatus } from '@concord/contracts/queries'
import { noRounds, withRecord, withRound, withTurn, type Round, type Turn } from './rounds.ts'

type EventOf<Type extends DurableEvent['type']> = Extract<DurableEvent, { type: Type }>
type Ended = Exclude<QueryResults, { status: 'processing' }>

export type Synthesis = { model: string; attempt: number; text: string }

/** All that is known of one deliberation. Never changed in place: an equal state is the same object. */
export type Deliberation = {
  queryId: string
  lastSeq: number
  /** Events that came before their turn, by `seq`. Not empty means that one is missing. */
  waiting: ReadonlyMap<number, DurableEvent>
  question: string | undefined
  models: readonly string[]
  threshold: number
  startedAt: string | undefined
  deadlineAt: string | undefined
  status: QueryStatus
  rounds: readonly Round[]
  synthesis: Synthesis | undefined
  results: Ended | undefined
  /** What was said of the answer before the page was opened. */
  feedback: { correct: boolean } | undefined
  /** The last event has been taken in: there is nothing more to come. */
  isComplete: boolean
}

/** More than a long debate has; beyond it the reader asks for everything anew. */
const waitingMax = 512
const textMax = 200_000

export function newDeliberation(queryId: string): Deliberation {
  return {
    queryId,
    lastSeq: 0,
    waiting: new Map(),
    question: undefined,
    models: [],
    threshold: 0.75,
    startedAt: undefined,
    deadlineAt: undefined,
    status: 'processing',
    rounds: noRounds,
    synthesis: undefined,
    results: undefined,
    feedback: undefined,
    isComplete: false,
  }
}

/** Takes any event in any order: repeats change nothing, early ones wait for those before them, deltas pass as they come. */
export function applyEvent(state: Deliberation, event: LiveEvent): Deliberation {
  if (event.query_id !== state.queryId) return state
  if (!('seq' in event)) return applyDelta(state, event)
  if (event.seq <= state.lastSeq || state.waiting.has(event.seq)) return state
  if (event.seq > state.lastSeq + 1) {
    if (state.waiting.size >= waitingMax) return state
    return { ...state, waiting: new Map(state.waiting).set(event.seq, event) }
  }
  return applyWaiting({ ...applyDurable(state, event), lastSeq: event.seq })
}

export function isMissingEvents(state: Deliberation): boolean {
  return state.waiting.size > 0
}

/** Adds what the API holds of the rounds: reasoning, votes and quotations, which events do not carry. */
export function applyDetail(state: Deliberation, detail: QueryDetail): Deliberation {
  if (detail.query_id !== state.queryId) return state
  let rounds = state.rounds
  for (const { round, turns } of detail.rounds) {
    for (const record of turns) if (record.purpose !== 'synthesis') rounds = withRecord(rounds, round, record)
  }
  const known = {
    ...state,
    rounds,
    question: state.question ?? detail.question,
    models: state.models.length > 0 ? state.models : detail.models,
    threshold: detail.settings.consensus_threshold,
    startedAt: state.startedAt ?? detail.created_at,
    feedback: detail.feedback ?? undefined,
  }
  return detail.results.status === 'processing' ? known : withResults(known, detail.results)
}

function applyWaiting(state: Deliberation): Deliberation {
  let current = state
  while (current.waiting.size > 0) {
    const next = current.waiting.get(current.lastSeq + 1)
    if (!next) return current
    const waiting = new Map(current.waiting)
    waiting.delete(next.seq)
    current = { ...applyDurable({ ...current, waiting }, next), lastSeq: next.seq }
  }
  return current
}

function applyDurable(state: Deliberation, event: DurableEvent): Deliberation {
  switch (event.type) {
    case 'query_started':
      return started(state, event)
    case 'round_started':
      return { ...state, rounds: roundStarted(state.rounds, event) }
    case 'model_started':
      return modelStarted(state, event)
    case 'model_answered':
      return modelAnswered(state, event)
    case 'model_failed':
      return modelFailed(state, event)
    case 'agreement_measured':
      return {
        ...state,
        rounds: withRound(state.rounds, event.data.round, (round) => ({ ...round, agreement: event.data })),
      }
    case 'round_completed':
      return {
        ...state,
        rounds: withRound(state.rounds, event.data.round, (round) => ({ ...round, completed: event.data })),
      }
    case 'query_completed':
    case 'query_failed':
    case 'query_cancelled':
      return event.data.status === 'processing' ? state : { ...withResults(state, event.data), isComplete: true }
    default:
      // A newer server may send what this page does not know yet: its number counts, its content does not.
      return state
  }
}

function started(state: Deliberation, { at, data }: EventOf<'query_started'>): Deliberation {
  return {
    ...state,
    question: data.question,
    models: data.models,
    threshold: data.consensus_threshold,
    startedAt: at,
    deadlineAt: data.deadline_at,
  }
}

function roundStarted(rounds: readonly Round[], { data }: EventOf<'round_started'>): readonly Round[] {
  const begun = withRound(rounds, data.round, (round) => ({ ...round, stage: data.stage, contested: data.contested }))
  return data.models.reduce((current, model) => withTurn(current, data.round, model, data.stage, (turn) => turn), begun)
}

function modelStarted(state: Deliberation, { data }: EventOf<'model_started'>): Deliberation {
  const { round, model, purpose, attempt } = data
  if (purpose === 'synthesis') {
    if (state.synthesis?.model === model && state.synthesis.attempt >= attempt) return state
    return { ...state, synthesis: { model, attempt, text: '' } }
  }
  return {
    ...state,
    rounds: withTurn(state.rounds, round, model, purpose, (turn) => ({
      ...turn,
      status: 'thinking',
      attempt: Math.max(turn.attempt, attempt),
      text: attempt > turn.attempt ? '' : turn.text,
    })),
  }
}

function modelAnswered(state: Deliberation, { data }: EventOf<'model_answered'>): Deliberation {
  if (data.purpose === 'synthesis') return state
  const { round, model, purpose, answer, confidence, stance, sandbox, latency_ms: latencyMs, late } = data
  const answered: Partial<Turn> = { status: late ? 'late' : 'answered', answer, confidence, stance, sandbox, latencyMs }
  return { ...state, rounds: withTurn(state.rounds, round, model, purpose, (turn) => ({ ...turn, ...answered })) }
}

function modelFailed(state: Deliberation, { data }: EventOf<'model_failed'>): Deliberation {
  if (data.purpose === 'synthesis') return state
  const failure = { reason: data.reason, detail: data.detail }
  return {
    ...state,
    rounds: withTurn(state.rounds, data.round, data.model, data.purpose, (turn) => ({
      ...turn,
      status: 'failed',
      failure,
    })),
  }
}

function applyDelta(state: Deliberation, event: PassingEvent): Deliberation {
  const { model, round, attempt, text } = event.data
  if (state.status !== 'processing') return state
  if (event.type === 'synthesis_delta') {
    const before = state.synthesis
    if (!before || before.model !== model || attempt > before.attempt) {
      return { ...state, synthesis: { model, attempt, text } }
    }
    if (attempt < before.attempt) return state
    return { ...state, synthesis: { ...before, text: grown(before.text, text) } }
  }
  const turns = state.rounds.find((each) => each.round === round)?.turns[model] ?? []
  const purpose = turns.at(-1)?.purpose ?? (round === 0 ? 'opening' : 'debate')
  const rounds = withTurn(state.rounds, round, model, purpose, (turn) => {
    const settled = turn.status !== 'waiting' && turn.status !== 'thinking'
    if (settled || attempt < turn.attempt) return turn
    const replaced = attempt > turn.attempt
    return { ...turn, status: 'thinking', attempt, text: replaced ? text : grown(turn.text, text) }
  })
  return rounds === state.rounds ? state : { ...state, rounds }
}

function grown(text: string, more: string): string {
  return text.length >= textMax ? text : text + more
}

function withResults(state: Deliberation, results: Ended): Deliberation {
  return { ...state, status: results.status, results, question: state.question ?? results.question }
}
