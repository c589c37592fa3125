import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { confidenceIn } from '../decision/confidence-curve.ts'
import { randomFrom } from '../evaluation/random.ts'
import { fitConfidenceCurve } from './confidence-curve.ts'

function conclusions(count: number, worth: (posterior: number) => number) {
  const random = randomFrom(3)
  return Array.from({ length: count }, () => {
    const posterior = 0.3 + 0.7 * random()
    return { posterior, right: random() < worth(posterior) }
  })
}

const share = fc.double({ min: 0, max: 1, noNaN: true })

describe('what a posterior is worth', () => {
  test('is what it says where no curve has been fitted', () => {
    expect(fitConfidenceCurve(conclusions(29, (posterior) => posterior))).toBeUndefined()
    expect(confidenceIn(0.83)).toBe(0.83)
    expect(confidenceIn(0.83, [])).toBe(0.83)
  })

  test('is learned from conclusions that were graded', () => {
    const curve = fitConfidenceCurve(conclusions(5_000, (posterior) => 0.2 + posterior / 2))

    for (const posterior of [0.4, 0.6, 0.8, 0.95])
      expect(confidenceIn(posterior, curve)).toBeCloseTo(0.2 + posterior / 2, 1)
  })

  test('stays near what it says while only few have been', () => {
    const curve = fitConfidenceCurve(conclusions(30, (posterior) => posterior))

    for (const posterior of [0.5, 0.7, 0.9])
      expect(Math.abs(confidenceIn(posterior, curve) - posterior)).toBeLessThan(0.15)
  })

  test('never falls as the posterior rises, and is a probability', () => {
    const graded = fc.array(fc.record({ posterior: share, right: fc.boolean() }), { minLength: 30, maxLength: 200 })
    fc.assert(
      fc.property(graded, share, share, (seen, one, other) => {
        const curve = fitConfidenceCurve(seen)
        const low = confidenceIn(Math.min(one, other), curve)
        const high = confidenceIn(Math.max(one, other), curve)

        expect(high).toBeGreaterThanOrEqual(low - 1e-9)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
      }),
    )
  })
})
