import { expect, test } from 'vitest'
import { PermanentError, UnreachableError } from './errors.ts'
import { judge, maxDelayMs } from './retry.ts'

const busy = (retryAfterMs: unknown) => Object.assign(new Error('busy'), { retryAfterMs })

test('waits longer after each of four failures and gives up at the fifth', () => {
  const waits = [1, 2, 3, 4].map((attempt) => judge(new Error('broken'), attempt))

  expect(waits).toEqual([1000, 5000, 30_000, 60_000].map((retryInMs) => ({ retryInMs, counts: true })))
  expect(judge(new Error('broken'), 5)).toEqual({ deadBecause: 'failed 5 times, at last with Error: broken' })
})

test('repeats the last wait when there are more attempts than waits', () => {
  expect(judge(new Error('broken'), 7, { attempts: 9, delaysMs: [10, 20] })).toEqual({ retryInMs: 20, counts: true })
})

test('waits as long as the error asks, up to a limit', () => {
  expect(judge(busy(7000), 1)).toEqual({ retryInMs: 7000, counts: true })
  expect(judge(busy(0), 1)).toEqual({ retryInMs: 0, counts: true })
  expect(judge(busy(1e12), 1)).toEqual({ retryInMs: maxDelayMs, counts: true })
})

test('takes no nonsense for a wait', () => {
  for (const nonsense of ['7', -1, Number.NaN, Number.POSITIVE_INFINITY, null]) {
    expect(judge(busy(nonsense), 1)).toEqual({ retryInMs: 1000, counts: true })
  }
})

test('does not try again what is permanent', () => {
  expect(judge(new PermanentError('no such query'), 1)).toEqual({ deadBecause: 'PermanentError: no such query' })
})

test('keeps a reason short, and survives thrown things that are no errors', () => {
  const verdict = judge(new PermanentError('x'.repeat(10_000)), 1)

  expect('deadBecause' in verdict && verdict.deadBecause.length).toBe(500)
  expect(judge('a string', 5)).toMatchObject({ deadBecause: expect.stringContaining('no Error') })
})

test('an outage kills no message, however long it lasts', () => {
  for (const attempt of [1, 5, 1_000])
    expect(judge(new UnreachableError('the database'), attempt)).toEqual({ retryInMs: 2_000, counts: false })
})
