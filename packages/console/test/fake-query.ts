import { DurableEvent, PassingEvent, type LiveEvent } from '@concord/contracts/live-events'
import type { QueryDetail, QueryMetadata, QueryResults, QuerySummary, SubmitQuery } from '@concord/contracts/queries'
import { detailOf, summaryOf, type Played } from './fake-query-answers.ts'
import type { Scenario } from './scenario.ts'

export type FakeQuery = {
  id: string
  owner: string
  durable: readonly DurableEvent[]
  hasEnded(): boolean
  listen(listener: (event: LiveEvent) => void): () => void
  summary(): QuerySummary
  detail(): QueryDetail
  cancel(): void
  keepFeedback(said: { correct: boolean }): void
}

type FakeQueryOptions = {
  id: string
  owner: string
  body: SubmitQuery
  models: string[]
  scenario: Scenario
  speed: number
}

/** Plays a scenario. Every event and every answer passes the contract, or the test equipment itself fails. */
export function fakeQuery({ owner, scenario, speed, ...asked }: FakeQueryOptions): FakeQuery {
  const played: Played = {
    ...asked,
    createdAt: new Date().toISOString(),
    turns: [],
    results: undefined,
    feedback: null,
  }
  const durable: DurableEvent[] = []
  const listeners = new Set<(event: LiveEvent) => void>()

  function emit(type: string, data: unknown): void {
    const head = { type, query_id: asked.id, at: new Date().toISOString(), data }
    const isDelta = type.endsWith('_delta')
    const event: LiveEvent = isDelta
      ? PassingEvent.parse(head)
      : DurableEvent.parse({ ...head, seq: durable.length + 1 })
    if ('seq' in event) durable.push(event)
    for (const listener of listeners) listener(event)
  }

  function end(status: 'completed' | 'failed' | 'cancelled'): void {
    played.results = resultsOf(played, scenario, status)
    emit(`query_${status}`, played.results)
  }

  async function play(): Promise<void> {
    emit('query_started', startOf(played))
    for (const { afterMs, event, turn, end: how } of scenario.steps) {
      await new Promise((resolve) => setTimeout(resolve, afterMs / speed))
      if (played.results) return
      if (turn) played.turns.push(turn)
      if (event) emit(event.type, event.data)
      if (how) end(how)
    }
  }

  void play()
  return {
    id: asked.id,
    owner,
    durable,
    hasEnded: () => played.results !== undefined,
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    summary: () => summaryOf(played),
    detail: () => detailOf(played),
    cancel: () => end('cancelled'),
    keepFeedback: (said) => {
      played.feedback = said
    },
  }
}

function startOf({ body, models }: Played) {
  return {
    question: body.query,
    models,
    debate_rounds: body.debate_rounds ?? 2,
    consensus_threshold: body.consensus_threshold ?? 0.75,
    deadline_at: new Date(Date.now() + 120_000).toISOString(),
  }
}

function resultsOf(played: Played, scenario: Scenario, status: 'completed' | 'failed' | 'cancelled'): QueryResults {
  const metadata: QueryMetadata = {
    processing_time: Date.now() - Date.parse(played.createdAt),
    created_at: played.createdAt,
    completed_at: new Date().toISOString(),
    tokens: { input: 3_412, output: 1_968 },
    cost_usd: 0.0247,
    models_failed: scenario.modelsFailed,
    degraded: scenario.modelsFailed.length > 0,
  }
  const common = {
    query_id: played.id,
    question: played.body.query,
    metadata,
    individual_responses: scenario.responses,
  }
  if (status === 'completed' && scenario.consensus) {
    return { ...common, status, answer_type: scenario.answerType, consensus: scenario.consensus }
  }
  if (status === 'failed') {
    const detail = 'Only 1 of 4 models answered; two are needed.'
    return { ...common, status, error: { code: 'insufficient_quorum', detail } }
  }
  return { ...common, status: 'cancelled' }
}
