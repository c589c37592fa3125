import { QueryDetail, type QueryResults, type QuerySummary, type SubmitQuery } from '@concord/contracts/queries'
import type { Scenario } from './scenario.ts'

/** How far a scenario has been played. */
export type Played = {
  id: string
  body: SubmitQuery
  models: string[]
  createdAt: string
  turns: NonNullable<Scenario['steps'][number]['turn']>[]
  /** Undefined while it runs. */
  results: QueryResults | undefined
  feedback: { correct: boolean } | null
}

export function summaryOf({ id, body, models, createdAt, turns, results }: Played): QuerySummary {
  const completed = results?.status === 'completed' ? results : undefined
  return {
    query_id: id,
    question: body.query,
    status: results?.status ?? 'processing',
    stage: results ? 'done' : 'opening',
    round: Math.max(0, ...turns.map(({ round }) => round)),
    models,
    answer_type: completed?.answer_type ?? null,
    answer: completed?.consensus.answer ?? null,
    confidence: completed?.consensus.confidence ?? null,
    outcome: completed?.consensus.outcome ?? null,
    degraded: results?.metadata.degraded ?? false,
    sandbox: true,
    created_at: createdAt,
    completed_at: results?.metadata.completed_at ?? null,
  }
}

export function detailOf(played: Played): QueryDetail {
  const { body, turns } = played
  return QueryDetail.parse({
    ...summaryOf(played),
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
    rounds: [...new Set(turns.map(({ round }) => round))].map((round) => ({
      round,
      turns: turns.filter((turn) => turn.round === round).map(({ record }) => record),
    })),
    results: played.results ?? running(played),
    feedback: played.feedback,
  })
}

function running({ id, body, createdAt }: Played): QueryResults {
  return {
    query_id: id,
    question: body.query,
    status: 'processing',
    stage: 'opening',
    round: 0,
    metadata: {
      processing_time: Date.now() - Date.parse(createdAt),
      created_at: createdAt,
      completed_at: null,
      tokens: { input: 0, output: 0 },
      cost_usd: 0,
      models_failed: [],
      degraded: false,
    },
  }
}
