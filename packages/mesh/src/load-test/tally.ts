import type { Ending } from './follow.ts'
import type { Submission } from './submit.ts'

export type Quantiles = { p50: number; p95: number; p99: number; max: number }

/** What became of everything that was asked. Times are in milliseconds. */
export type Counts = {
  submitted: number
  accepted: number
  /** Answered by the first answer to the same key: an answer had been lost on its way. */
  replayed: number
  refused: number
  unanswered: number
  retries: number
  completed: number
  failed: number
  cancelled: number
  degraded: number
  lost: number
  stuck: number
  unfinished: number
  stream_breaks: number
  tokens: { input: number; output: number }
  cost_usd: number
}

export type Tally = {
  counts: Counts
  /** Accepted and not yet ended. */
  running(): number
  refusals: Map<string, number>
  /** Ids of what was lost or stuck, the first hundred. */
  wanting: { query_id: string; state: 'lost' | 'stuck' }[]
  submission(outcome: Submission): void
  ending(queryId: string, end: Ending, answerMs: number): void
  latencies(): { accept: Quantiles | null; answer: Quantiles | null }
}

const mostKept = 100

export function createTally(): Tally {
  const counts: Counts = {
    submitted: 0,
    accepted: 0,
    replayed: 0,
    refused: 0,
    unanswered: 0,
    retries: 0,
    completed: 0,
    failed: 0,
    cancelled: 0,
    degraded: 0,
    lost: 0,
    stuck: 0,
    unfinished: 0,
    stream_breaks: 0,
    tokens: { input: 0, output: 0 },
    cost_usd: 0,
  }
  const [accepts, answers]: number[][] = [[], []]
  const refusals: Tally['refusals'] = new Map()
  const wanting: Tally['wanting'] = []
  let ended = 0

  return {
    counts,
    refusals,
    wanting,
    running: () => counts.accepted - ended,
    submission(outcome) {
      counts.retries += outcome.tries - 1
      if (outcome.state === 'spent') return
      counts.submitted += 1
      counts[outcome.state] += 1
      if (outcome.state === 'accepted') {
        accepts?.push(outcome.acceptMs)
        if (outcome.replayed) counts.replayed += 1
      } else if (refusals.size < mostKept || refusals.has(outcome.reason)) {
        refusals.set(outcome.reason, (refusals.get(outcome.reason) ?? 0) + 1)
      }
    },
    ending(queryId, { state, degraded, tokens, costUsd, breaks }, answerMs) {
      ended += 1
      counts[state] += 1
      counts.stream_breaks += breaks
      counts.tokens.input += tokens.input
      counts.tokens.output += tokens.output
      counts.cost_usd += costUsd
      if (degraded) counts.degraded += 1
      if (state === 'completed') answers?.push(answerMs)
      if ((state === 'lost' || state === 'stuck') && wanting.length < mostKept)
        wanting.push({ query_id: queryId, state })
    },
    latencies: () => ({ accept: quantiles(accepts ?? []), answer: quantiles(answers ?? []) }),
  }
}

/** By the nearest rank; null where nothing was measured. */
export function quantiles(values: readonly number[]): Quantiles | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => Math.round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0)
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}
