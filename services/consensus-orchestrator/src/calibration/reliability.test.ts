import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainPrior, probabilityOf } from '../decision/weights.ts'
import { reliabilityFrom } from './reliability.ts'
import { condensed, gradedItems, type GradedCount } from './track-record.ts'

const share = fc.double({ min: 0, max: 1, noNaN: true })
const count = fc.record({ confidence: fc.option(share), right: fc.nat(40), wrong: fc.nat(40) })

describe('what is believed of a model', () => {
  test('is the plain prior until thirty items are graded', () => {
    const record = [{ confidence: 0.9, right: 29, wrong: 0 }]

    expect(reliabilityFrom(record, record)).toEqual({ ...plainPrior, gradedItems: 29 })
  })

  test('is Beta(4, 2) and its counts from then on', () => {
    const record = [{ confidence: null, right: 20, wrong: 10 }]

    expect(reliabilityFrom(record, record)).toEqual({ mean: 24 / 36, gradedItems: 30 })
  })

  test('is borrowed from the overall record while the domain has too few items', () => {
    const domain = [{ confidence: null, right: 5, wrong: 0 }]
    const overall = [...domain, { confidence: null, right: 10, wrong: 45 }]

    expect(reliabilityFrom(domain, overall)).toEqual({ mean: 19 / 66, gradedItems: 60 })
    expect(reliabilityFrom(overall, [...overall, ...overall]).gradedItems).toBe(60)
  })

  test('counts a question that was left unanswered as graded, and neither as right nor as wrong', () => {
    const record = [
      { confidence: null, right: 20, wrong: 8 },
      { confidence: null, right: 0, wrong: 0, abstained: 2 },
    ]

    expect(reliabilityFrom(record, record)).toEqual({ mean: 24 / 34, gradedItems: 30 })
  })

  test('takes a model that is always sure for as good as it is', () => {
    const reliability = reliabilityFrom([{ confidence: 1, right: 60, wrong: 40 }], [])

    expect(probabilityOf(reliability, 1)).toBeCloseTo(64 / 106, 2)
  })

  test('follows stated confidence as far as it has told right from wrong', () => {
    const telling = reliabilityFrom(
      [
        { confidence: 0.9, right: 180, wrong: 20 },
        { confidence: 0.5, right: 100, wrong: 100 },
      ],
      [],
    )
    const idle = reliabilityFrom(
      [
        { confidence: 0.9, right: 140, wrong: 60 },
        { confidence: 0.5, right: 140, wrong: 60 },
      ],
      [],
    )

    expect(probabilityOf(telling, 0.9)).toBeCloseTo(0.9, 1)
    expect(probabilityOf(telling, 0.5)).toBeCloseTo(0.5, 1)
    expect(probabilityOf(idle, 0.9) - probabilityOf(idle, 0.5)).toBeLessThan(0.05)
  })

  test('never trusts a lower stated confidence more, and does not depend on the order of the record', () => {
    fc.assert(
      fc.property(fc.array(count, { minLength: 1, maxLength: 10 }), share, share, (record, one, other) => {
        const reliability = reliabilityFrom(record, record)
        const [low, high] = [Math.min(one, other), Math.max(one, other)]

        expect(probabilityOf(reliability, high)).toBeGreaterThanOrEqual(probabilityOf(reliability, low) - 1e-9)
        expect(reliabilityFrom(record.toReversed(), record.toReversed()).mean).toBeCloseTo(reliability.mean, 9)
        expect(reliability.mean).toBeGreaterThan(0)
        expect(reliability.mean).toBeLessThan(1)
      }),
    )
  })
})

test('condensing a record keeps its counts', () => {
  fc.assert(
    fc.property(fc.array(count, { maxLength: 20 }), (record: GradedCount[]) => {
      const short = condensed([...record, ...record])

      expect(gradedItems(short)).toBeCloseTo(2 * gradedItems(record))
      expect(new Set(short.map(({ confidence }) => confidence)).size).toBe(short.length)
    }),
  )
})
