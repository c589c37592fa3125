import { describe, expect, test } from 'vitest'
import { aQuery, aTurn } from '../../test/builders.ts'
import { openOutput } from '../../test/outputs.ts'
import { cancelledResults, modelsFailed, runningResults } from './results.ts'

describe('models_failed', () => {
  test('names a model once, with what happened first', () => {
    const failed = { status: 'failed', output: null } as const
    const turns = [
      aTurn('grok', { ...failed, round: 1, failureReason: 'timed_out' }),
      aTurn('grok', { ...failed, round: 0, failureReason: 'stream_cut', failureDetail: 'it broke off' }),
    ]

    expect(modelsFailed(turns)).toEqual([{ model: 'grok', reason: 'stream_cut', detail: 'it broke off' }])
  })

  test('counts a late answer as lost, and a cancelled one not', () => {
    const turns = [
      aTurn('gpt5', { status: 'late', failureReason: 'timed_out' }),
      aTurn('claude', { status: 'cancelled', failureReason: 'cancelled' }),
    ]

    expect(modelsFailed(turns).map(({ model }) => model)).toEqual(['gpt5'])
  })
})

describe('individual responses', () => {
  test('show an open answer as its claims, in the panel’s order, and leave out whom nobody asked', () => {
    const turns = [
      aTurn('claude', { output: openOutput('One.', 'Two.') }),
      aTurn('gpt5', { status: 'requested', output: null }),
    ]

    const { individual_responses: responses } = cancelledResults(aQuery(), turns)

    expect(Object.keys(responses)).toEqual(['gpt5', 'claude'])
    expect(responses).toMatchObject({ gpt5: { response: null, status: 'pending' }, claude: { response: 'One. Two.' } })
  })
})

test('a running query tells its time so far and that nothing has ended', () => {
  const query = aQuery({ inputTokens: 7 })

  const { metadata } = runningResults(query, [], new Date(query.createdAt.getTime() + 1_500))

  expect(metadata).toMatchObject({
    processing_time: 1_500,
    completed_at: null,
    tokens: { input: 7, output: 0 },
    degraded: false,
  })
})
