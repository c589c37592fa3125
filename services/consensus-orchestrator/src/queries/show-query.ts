import type { QueryDetail, QueryResults, QuerySummary, TurnRecord } from '@concord/contracts/queries'
import type { Query, ReadTurn } from '../ports.ts'
import { failureDetail } from './failure-detail.ts'

export function toSummary(query: Query): QuerySummary {
  return {
    query_id: query.id,
    question: query.question,
    status: query.status,
    stage: query.stage,
    round: query.round,
    models: query.panel.map(({ name }) => name),
    answer_type: query.answerType,
    answer: query.answer,
    confidence: query.confidence,
    outcome: query.outcome,
    degraded: query.degraded,
    sandbox: query.sandbox,
    created_at: query.createdAt.toISOString(),
    completed_at: query.completedAt?.toISOString() ?? null,
  }
}

/** The whole deliberation, round by round. */
export function toDetail(query: Query, turns: readonly ReadTurn[], results: QueryResults): QueryDetail {
  const rounds = [...new Set(turns.map(({ round }) => round))].toSorted((a, b) => a - b)
  return {
    ...toSummary(query),
    settings: query.settings,
    rounds: rounds.map((round) => ({
      round,
      turns: turns.filter((turn) => turn.round === round).map((turn) => toRecord(turn, query)),
    })),
    results,
  }
}

function toRecord(turn: ReadTurn, { waiting }: Query): TurnRecord {
  const { failureReason: reason } = turn
  const runs = waiting.some(({ id, attempt }) => id === turn.id && attempt > 0)
  return {
    turn_id: turn.id,
    model: turn.model,
    purpose: turn.purpose,
    status: runs ? 'running' : turn.status,
    sandbox: turn.sandbox,
    output: turn.purpose === 'synthesis' ? (turn.output?.text ?? null) : (turn.output?.json ?? null),
    failure: reason === null ? null : { reason, detail: turn.failureDetail ?? failureDetail(reason) },
    tokens: { input: turn.inputTokens, output: turn.outputTokens },
    cost_usd: turn.costUsd,
    latency_ms: turn.latencyMs,
    requested_at: turn.requestedAt.toISOString(),
    completed_at: turn.completedAt?.toISOString() ?? null,
  }
}
