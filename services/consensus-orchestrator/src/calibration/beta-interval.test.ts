import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { betaInterval } from './beta-interval.ts'

// Quantiles of Beta(4, 2) and Beta(64, 42) from the binomial sums that they stand for.
test.each([
  [4, 2, 0.34259, 0.92356],
  [1, 1, 0.05, 0.95],
  [64, 42, 0.52484, 0.68047],
])('nine tenths of Beta(%d, %d) lie between %d and %d', (a, b, low, high) => {
  const interval = betaInterval(a, b)

  expect(interval.low).toBeCloseTo(low, 4)
  expect(interval.high).toBeCloseTo(high, 4)
})

test('the interval holds the mean and narrows with what is known', () => {
  const right = fc.double({ min: 1, max: 2_000, noNaN: true })
  fc.assert(
    fc.property(right, right, (a, b) => {
      const { low, high } = betaInterval(a + 4, b + 2)
      const wider = betaInterval((a + 4) / 4, (b + 2) / 4)

      expect(low).toBeLessThan((a + 4) / (a + b + 6))
      expect(high).toBeGreaterThan((a + 4) / (a + b + 6))
      expect(high - low).toBeLessThan(wider.high - wider.low)
    }),
  )
})
