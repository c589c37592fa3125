import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Reliability } from '../decision/model.ts'
import { probabilityOf } from '../decision/weights.ts'
import { cappedChange } from './daily-cap.ts'

const mean = fc.double({ min: 0.02, max: 0.98, noNaN: true })
const platt = fc.record({
  a: fc.double({ min: 0, max: 2, noNaN: true }),
  b: fc.double({ min: -3, max: 3, noNaN: true }),
})
const reliability: fc.Arbitrary<Reliability> = fc.oneof(
  fc.record({ mean, gradedItems: fc.nat(500) }),
  fc.record({ mean, gradedItems: fc.nat(500), platt }),
)
const stated = fc.constantFrom(null, 0.5, 0.7, 0.9, 0.99)

test('a small change is made at once', () => {
  const latest = { mean: 0.73, gradedItems: 80 }

  expect(cappedChange({ mean: 0.7, gradedItems: 70 }, latest)).toEqual(latest)
})

test('in a day no ballot gains or loses more than the cap', () => {
  fc.assert(
    fc.property(reliability, reliability, stated, (former, latest, confidence) => {
      const next = cappedChange(former, latest)

      expect(Math.abs(probabilityOf(next, confidence) - probabilityOf(former, confidence))).toBeLessThanOrEqual(
        0.05 + 1e-6,
      )
    }),
  )
})

test('a lasting change is made in the end', () => {
  const latest: Reliability = { mean: 0.4, gradedItems: 90, platt: { a: 0.5, b: -0.8 } }
  let held: Reliability = { mean: 0.95, gradedItems: 60 }
  for (let day = 0; day < 40; day++) held = cappedChange(held, latest)

  expect(held).toEqual(latest)
})
