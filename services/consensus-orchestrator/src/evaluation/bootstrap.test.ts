import { expect, test } from 'vitest'
import { bootstrapInterval } from './bootstrap.ts'

function outcomes(count: number, share: number): [number, number][] {
  return [
    [1, count * share],
    [0, count * (1 - share)],
  ]
}

test.each([
  [200, 0.5],
  [1_000, 0.9],
  [5_000, 0.7],
  [200_000, 0.2],
])('the interval of %i outcomes, %d of them right, is that of a binomial share', (count, share) => {
  const { low, high } = bootstrapInterval(outcomes(count, share))
  const reach = 1.96 * Math.sqrt((share * (1 - share)) / count)

  expect(Math.abs(share - low - reach)).toBeLessThan(reach / 6)
  expect(Math.abs(high - share - reach)).toBeLessThan(reach / 6)
})

test('it is the same in every run, in whatever order the values are counted', () => {
  expect(bootstrapInterval(outcomes(300, 0.5))).toEqual(bootstrapInterval(outcomes(300, 0.5).toReversed()))
})

test('it covers differences, which may be negative', () => {
  const { low, high } = bootstrapInterval([
    [1, 100],
    [-1, 100],
    [0, 800],
  ])

  expect(low).toBeCloseTo(-1.96 * Math.sqrt(0.2 / 1_000), 2)
  expect(high).toBeCloseTo(1.96 * Math.sqrt(0.2 / 1_000), 2)
})

test('what is always so has no spread', () => {
  expect(bootstrapInterval([[1, 3]])).toEqual({ low: 1, high: 1 })
  expect(bootstrapInterval([])).toEqual({ low: 0, high: 0 })
})
