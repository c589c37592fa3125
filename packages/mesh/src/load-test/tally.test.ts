import { expect, test } from 'vitest'
import { readDuration } from './commands.ts'
import { questionAt, readMix } from './questions.ts'
import { quantiles } from './tally.ts'

test('quantiles are values that were measured, by the nearest rank', () => {
  expect(quantiles([])).toBeNull()
  expect(quantiles([3, 1, 2])).toEqual({ p50: 2, p95: 3, p99: 3, max: 3 })
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(quantiles(hundred)).toEqual({ p50: 50, p95: 95, p99: 99, max: 100 })
})

test('asks the kinds by their weights, and no question twice', () => {
  const mix = readMix('number=2,open')
  const asked = Array.from({ length: 300 }, (_, index) => questionAt(index, mix))

  expect(asked.slice(0, 6).map((question) => question.answer_type)).toEqual([
    'number',
    'number',
    'open',
    'number',
    'number',
    'open',
  ])
  expect(new Set(asked.map(({ query }) => query)).size).toBe(300)
})

test.each(['', 'numbers', 'number=x', 'number=0', 'number=1,,open'])('refuses the mix %j', (text) => {
  expect(() => readMix(text)).toThrow('--mix')
})

test('reads times with and without a unit', () => {
  expect([readDuration('90'), readDuration('90s'), readDuration('10m'), readDuration('2h')]).toEqual([
    90_000, 90_000, 600_000, 7_200_000,
  ])
  for (const wrong of ['', '0', '5d', '-1', '1.5m']) expect(() => readDuration(wrong)).toThrow('A time such as')
})
