import type { QueryDetail, TurnRecord } from '@concord/contracts/queries'
import { expect, test } from 'vitest'
import { aCompletedQuery } from '../../test/completed-query.ts'
import { digest } from './deliberation-digest.ts'

const at = '2026-01-01T00:00:00.000Z'

function aTurn(model: string, purpose: TurnRecord['purpose'], output: unknown): TurnRecord {
  const tokens = { input: 1, output: 1 }
  const rest = { sandbox: false, failure: null, tokens, cost_usd: 0, latency_ms: 1, requested_at: at, completed_at: at }
  return { turn_id: `trn_${'0'.repeat(32)}`, model, purpose, status: 'ok', output, ...rest }
}

const anOpening = (text: string) => ({
  reasoning: [text],
  answer_type: 'number',
  final: '391',
  alternatives: [],
  confidence: 0.9,
  claims: [],
})

const aReply = (text: string, votes: number) => ({
  reason: text,
  error_quoted: text.slice(0, 2_000),
  stance: 'change',
  final: text,
  votes: Array.from({ length: votes }, (_, n) => ({ claim: `c${n}`, reason: text, vote: 'agree', confidence: 0.5 })),
  confidence: 0.5,
})

function aDetail(rounds: QueryDetail['rounds'], consensus: Parameters<typeof aCompletedQuery>[0] = {}): QueryDetail {
  const results = aCompletedQuery(consensus)
  return {
    query_id: results.query_id,
    question: results.question,
    status: 'completed',
    stage: 'done',
    round: rounds.length - 1,
    models: ['gpt5'],
    answer_type: 'number',
    answer: '391',
    confidence: 0.9,
    outcome: 'unanimous',
    degraded: false,
    sandbox: false,
    created_at: at,
    completed_at: at,
    settings: {
      debate_rounds: 2,
      consensus_threshold: 0.75,
      answer_type: 'auto',
      choices: null,
      language: 'auto',
      effort: 'thorough',
      max_cost_usd: null,
      deadline_s: 120,
    },
    rounds,
    results,
  }
}

test('tells a short deliberation whole', () => {
  const told = digest(
    aDetail([
      { round: 0, turns: [aTurn('gpt5', 'opening', anOpening('17 * 23 = 391.'))] },
      { round: 1, turns: [aTurn('gpt5', 'debate', aReply('I slipped.', 1)), aTurn('gpt5', 'synthesis', 'It is 391.')] },
    ]),
  )

  expect(told.shortened).toBe(false)
  expect(told.rounds[0]?.turns[0]).toMatchObject({ answer: '391', confidence: 0.9, text: '17 * 23 = 391.' })
  expect(told.rounds[1]?.turns[0]).toMatchObject({ stance: 'change', text: 'I slipped.', votes: [{ claim: 'c0' }] })
  expect(told.rounds[1]?.turns[1]).toMatchObject({ text: 'It is 391.', votes: [] })
})

test('cuts the longest deliberation there can be to a readable size, and keeps every turn', () => {
  const models = Array.from({ length: 8 }, (_, n) => `model-${n}`)
  const long = 'word '.repeat(800)
  const rounds = Array.from({ length: 6 }, (_, round) => ({
    round,
    turns: models.flatMap((model) =>
      round === 0
        ? [aTurn(model, 'opening', anOpening(long)), aTurn(model, 'vote', { votes: aReply(long, 128).votes })]
        : [aTurn(model, 'debate', aReply(long, 128))],
    ),
  }))
  const votes = models.map((model) => ({
    model,
    vote: 'agree' as const,
    confidence: 0.5,
    reason: long,
    changed_in_round: 1,
  }))
  const consensus = {
    claims: Array.from({ length: 60 }, (_, n) => ({
      id: `c${n}`,
      text: long,
      support: 0.5,
      verdict: 'contested' as const,
      votes,
    })),
    changes: Array.from({ length: 40 }, () => ({
      model: 'model-1',
      round: 1,
      claim: 'c1',
      from: 'agree',
      to: 'disagree',
      error_quoted: long,
      reason: long,
    })),
    minority_report: models.map((model) => ({ models: [model], position: long, argument: long })),
  }
  const told = digest(aDetail(rounds, consensus))

  expect(told.shortened).toBe(true)
  expect(JSON.stringify(told).length).toBeLessThan(48_000)
  expect(told.rounds.flatMap(({ turns }) => turns)).toHaveLength(56)
})

test('tells of a turn whose output is of no known form without it', () => {
  const told = digest(aDetail([{ round: 0, turns: [aTurn('gpt5', 'opening', { surprise: true })] }]))

  expect(told.rounds[0]?.turns[0]).toMatchObject({ model: 'gpt5', answer: null, text: null, votes: [] })
})
