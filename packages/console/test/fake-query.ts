import { DurableEvent, PassingEvent, type LiveEvent } from '@concord/contracts/live-events'
import { QueryDetail, type QueryResults, type QuerySummary, type SubmitQuery } from '@concord/contracts/queries'
import type { Scenario } from './scenario.ts'

export type FakeQuery = {
  id: string
  owner: string
  body: SubmitQuery
  durable: DurableEvent[]
  hasEnded(): boolean
  listen(listener: (event: LiveEvent) => void): () => void
  summary(): QuerySummary
  detail(): QueryDetail
  cancel(): void
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
export function fakeQuery({ id, owner, body, models, scenario, speed }: FakeQueryOptions): FakeQuery {
  const createdAt = new Date().toISOString()
  const durable: DurableEvent[] = []
  const turns: { round: number; record: QueryDetail['rounds'][number]['turns'][number] }[] = []
  const listeners = new Set<(event: LiveEvent) => void>()
  let results: QueryResults = { ...common(), status: 'processing', stage: 'opening', round: 0 }
  let stopped = false

  function common() {
    return {
      query_id: id,
      question: body.query,
      metadata: {
        processing_time: Date.now() - Date.parse(createdAt),
        created_at: createdAt,
        completed_at: null as string | null,
        tokens: { input: 0, output: 0 },
        cost_usd: 0,
        models_failed: [],
        degraded: false,
      } as QueryResults['metadata'],
    }
  }

  function emit(type: string, data: unknown): void {
    const head = { type, query_id: id, at: new Date().toISOString(), data }
    const isDelta = type.endsWith('_delta')
    const event: LiveEvent = isDelta
      ? PassingEvent.parse(head)
      : DurableEvent.parse({ ...head, seq: durable.length + 1 })
    if ('seq' in event) durable.push(event)
    for (const listener of listeners) listener(event)
  }

  function end(status: 'completed' | 'failed' | 'cancelled'): void {
    const metadata = {
      ...common().metadata,
      completed_at: new Date().toISOString(),
      tokens: { input: 3_412, output: 1_968 },
      cost_usd: 0.0247,
      models_failed: scenario.modelsFailed,
      degraded: scenario.modelsFailed.length > 0,
    }
    const base = { ...common(), metadata, individual_responses: scenario.responses }
    if (status === 'completed' && scenario.consensus) {
      results = { ...base, status, answer_type: scenario.answerType, consensus: scenario.consensus }
    } else if (status === 'failed') {
      results = {
        ...base,
        status,
        error: { code: 'insufficient_quorum', detail: 'Only 1 of 4 models answered; two are needed.' },
      }
    } else {
      results = { ...base, status: 'cancelled' }
    }
    emit(`query_${status}`, results)
  }

  async function play(): Promise<void> {
    emit('query_started', {
      question: body.query,
      models,
      debate_rounds: body.debate_rounds ?? 2,
      consensus_threshold: body.consensus_threshold ?? 0.75,
      deadline_at: new Date(Date.now() + 120_000).toISOString(),
    })
    for (const { afterMs, event, turn, end: how } of scenario.steps) {
      await new Promise((resolve) => setTimeout(resolve, afterMs / speed))
      if (stopped) return
      if (turn) turns.push(turn)
      if (event) emit(event.type, event.data)
      if (how) end(how)
    }
  }

  function summary(): QuerySummary {
    const completed = results.status === 'completed' ? results : undefined
    return {
      query_id: id,
      question: body.query,
      status: results.status,
      stage: results.status === 'processing' ? results.stage : 'done',
      round: Math.max(0, ...turns.map(({ round }) => round)),
      models,
      answer_type: completed?.answer_type ?? null,
      answer: completed?.consensus.answer ?? null,
      confidence: completed?.consensus.confidence ?? null,
      outcome: completed?.consensus.outcome ?? null,
      degraded: results.metadata.degraded,
      sandbox: true,
      created_at: createdAt,
      completed_at: results.metadata.completed_at,
    }
  }

  void play()
  return {
    id,
    owner,
    body,
    durable,
    hasEnded: () => results.status !== 'processing',
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    summary,
    detail: () => detailOf(body, summary(), turns, results),
    cancel() {
      stopped = true
      end('cancelled')
    },
  }
}

function detailOf(
  body: SubmitQuery,
  summary: QuerySummary,
  turns: readonly { round: number; record: QueryDetail['rounds'][number]['turns'][number] }[],
  results: QueryResults,
): QueryDetail {
  const rounds = [...new Set(turns.map(({ round }) => round))].map((round) => ({
    round,
    turns: turns.filter((turn) => turn.round === round).map(({ record }) => record),
  }))
  return QueryDetail.parse({
    ...summary,
    settings: {
      debate_rounds: body.debate_rounds ?? 2,
      consensus_threshold: body.consensus_threshold ?? 0.75,
      answer_type: body.answer_type ?? 'auto',
      choices: body.choices ?? null,
      language: 'auto',
      effort: body.effort ?? 'thorough',
      max_cost_usd: null,
      deadline_s: body.deadline_s ?? 120,
    },
    rounds,
    results,
  })
}
