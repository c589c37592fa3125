import { expect, test } from 'vitest'
import { bootstrapInterval } from './bootstrap.ts'

function outcomes(count: number, share: number): number[] {
  return Array.from({ length: count }, (_, index) => (index < count * share ? 1 : 0))
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

test('it is the same in every run', () => {
  expect(bootstrapInterval(outcomes(300, 0.8))).toEqual(bootstrapInterval(outcomes(300, 0.8)))
})

test('it covers differences, which may be negative', () => {
  const gaps = [...outcomes(100, 1), ...outcomes(100, 1).map((one) => -one), ...outcomes(800, 0)]
  const { low, high } = bootstrapInterval(gaps)

  expect(low).toBeCloseTo(-1.96 * Math.sqrt(0.2 / 1_000), 2)
  expect(high).toBeCloseTo(1.96 * Math.sqrt(0.2 / 1_000), 2)
})

test('what is always so has no spread', () => {
  expect(bootstrapInterval([1, 1, 1])).toEqual({ low: 1, high: 1 })
  expect(bootstrapInterval([])).toEqual({ low: 0, high: 0 })
})
