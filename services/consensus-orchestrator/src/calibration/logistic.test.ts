import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitLogistic, logit, sigmoid } from './logistic.ts'

const prior = { slope: 0.5, firmness: 4, right: 4, wrong: 2 }
const point = fc.record({ x: fc.double({ min: -5, max: 5, noNaN: true }), right: fc.nat(50), wrong: fc.nat(50) })

test('without data it is the prior', () => {
  const { a, b } = fitLogistic([], prior)

  expect(a).toBeCloseTo(0.5)
  expect(sigmoid(b)).toBeCloseTo(4 / 6)
})

test('finds the curve that many outcomes were made by', () => {
  const points = [-3, -2, -1, 0, 1, 2, 3].map((x) => {
    const share = sigmoid(0.8 * x - 0.4)
    return { x, right: 10_000 * share, wrong: 10_000 * (1 - share) }
  })

  const { a, b } = fitLogistic(points, prior)

  expect(a).toBeCloseTo(0.8, 2)
  expect(b).toBeCloseTo(-0.4, 2)
})

test('a confidence that is higher where answers are wrong says nothing', () => {
  const { a, b } = fitLogistic(
    [
      { x: 3, right: 10, wrong: 90 },
      { x: -3, right: 90, wrong: 10 },
    ],
    prior,
  )

  expect(a).toBe(0)
  expect(sigmoid(b)).toBeCloseTo(104 / 206)
})

test('is finite and never falling, however extreme the outcomes, and indifferent to their order', () => {
  fc.assert(
    fc.property(fc.array(point, { maxLength: 12 }), (points) => {
      const { a, b } = fitLogistic(points, prior)
      const reversed = fitLogistic(points.toReversed(), prior)

      expect(Number.isFinite(a) && Number.isFinite(b)).toBe(true)
      expect(a).toBeGreaterThanOrEqual(0)
      expect(reversed.a).toBeCloseTo(a, 4)
      expect(reversed.b).toBeCloseTo(b, 4)
    }),
  )
})

test('another right outcome, in the middle of what was seen, makes success likelier there', () => {
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 6 }), (points) => {
      const total = points.reduce((sum, { right, wrong }) => sum + right + wrong, 0)
      const x = points.reduce((sum, each) => sum + each.x * (each.right + each.wrong), 0) / Math.max(1, total)
      const before = fitLogistic(points, prior)
      const after = fitLogistic([...points, { x, right: 1, wrong: 0 }], prior)

      expect(after.a * x + after.b).toBeGreaterThan(before.a * x + before.b - 1e-6)
    }),
  )
})

test('log-odds stay finite', () => {
  expect(logit(1)).toBeCloseTo(Math.log(99))
  expect(logit(0)).toBeCloseTo(-Math.log(99))
})
