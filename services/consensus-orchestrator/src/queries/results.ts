import type { AnswerType, Consensus, FailedModel, IndividualResponse, QueryMetadata } from '@concord/contracts/queries'
import type { QueryResults } from '@concord/contracts/queries'
import { OpeningAnswer } from '@concord/contracts/turns'
import type { Query, ReadTurn } from '../ports.ts'
import { failureDetail } from './failure-detail.ts'

type ResultsOf<Status extends QueryResults['status']> = Extract<QueryResults, { status: Status }>

export function runningResults(query: Query, turns: readonly ReadTurn[], now: Date): ResultsOf<'processing'> {
  const { id, question, stage, round } = query
  return { query_id: id, status: 'processing', stage, round, question, metadata: metadataOf(query, turns, now) }
}

export function completedResults(
  query: Query,
  turns: readonly ReadTurn[],
  consensus: Consensus,
  answerType: AnswerType,
): ResultsOf<'completed'> {
  return {
    query_id: query.id,
    status: 'completed',
    question: query.question,
    answer_type: answerType,
    consensus,
    individual_responses: individualResponses(query, turns),
    metadata: metadataOf(query, turns, query.completedAt),
  }
}

export function failedResults(
  query: Query,
  turns: readonly ReadTurn[],
  error: { code: string; detail: string },
): ResultsOf<'failed'> {
  return {
    query_id: query.id,
    status: 'failed',
    question: query.question,
    error,
    individual_responses: individualResponses(query, turns),
    metadata: metadataOf(query, turns, query.completedAt),
  }
}

export function cancelledResults(query: Query, turns: readonly ReadTurn[]): ResultsOf<'cancelled'> {
  return {
    query_id: query.id,
    status: 'cancelled',
    question: query.question,
    individual_responses: individualResponses(query, turns),
    metadata: metadataOf(query, turns, query.completedAt),
  }
}

/** Models that lost a turn for good, in whatever round, each with what happened first. */
export function modelsFailed(turns: readonly ReadTurn[]): FailedModel[] {
  const lost = new Map<string, FailedModel>()
  for (const turn of turns.toSorted(byTime)) {
    if ((turn.status !== 'failed' && turn.status !== 'late') || lost.has(turn.model)) continue
    const reason = turn.failureReason ?? 'upstream_error'
    lost.set(turn.model, { model: turn.model, reason, detail: turn.failureDetail ?? failureDetail(reason) })
  }
  return [...lost.values()].toSorted((a, b) => (a.model < b.model ? -1 : 1))
}

function byTime(a: ReadTurn, b: ReadTurn): number {
  return a.round - b.round || a.requestedAt.getTime() - b.requestedAt.getTime() || (a.id < b.id ? -1 : 1)
}

function metadataOf(query: Query, turns: readonly ReadTurn[], until: Date | null): QueryMetadata {
  const failed = modelsFailed(turns)
  const { createdAt, completedAt, inputTokens, outputTokens, costUsd } = query
  return {
    processing_time: Math.max(0, (until ?? createdAt).getTime() - createdAt.getTime()),
    created_at: createdAt.toISOString(),
    completed_at: completedAt?.toISOString() ?? null,
    tokens: { input: inputTokens, output: outputTokens },
    cost_usd: Math.round(costUsd * 1e8) / 1e8,
    models_failed: failed,
    degraded: failed.length > 0,
  }
}

function individualResponses({ panel }: Query, turns: readonly ReadTurn[]): Record<string, IndividualResponse> {
  const openings = panel.flatMap(({ name }) => {
    const turn = turns.find(({ model, purpose }) => model === name && purpose === 'opening')
    return turn ? [[name, responseOf(turn)] as const] : []
  })
  return Object.fromEntries(openings)
}

const shownStatus = {
  requested: 'pending',
  ok: 'ok',
  late: 'failed',
  failed: 'failed',
  cancelled: 'cancelled',
} as const

function responseOf({ status, output, sandbox }: ReadTurn): IndividualResponse {
  const answer = OpeningAnswer.safeParse(output?.json).data
  return {
    response: answer ? responseText(answer) : null,
    confidence: answer?.confidence ?? null,
    reasoning: answer?.reasoning ?? [],
    status: shownStatus[status],
    sandbox,
  }
}

/** A closed answer as it was given; an open one is its claims. */
export function responseText({ final, claims }: OpeningAnswer): string | null {
  if (final !== null && final.trim() !== '') return final
  return claims.length > 0 ? claims.map(({ text }) => text).join(' ') : null
}
