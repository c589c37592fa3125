import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainPrior } from '../decision/weights.ts'
import type { GradedLine, LearnedReliability, Scope } from './ports.ts'
import { refit } from './refit.ts'

function aLine(overrides: Partial<GradedLine> = {}): GradedLine {
  return {
    model: 'gpt5',
    providerModel: 'gpt-5',
    sandbox: false,
    domain: 'law',
    source: 'anchor',
    confidence: 90,
    right: 1,
    wrong: 0,
    abstained: 0,
    ...overrides,
  }
}

function of(rows: readonly LearnedReliability[], scope: Scope): LearnedReliability {
  const row = rows.find((one) => one.scope === scope)
  if (row === undefined) throw new Error(`nothing of ${scope}`)
  return row
}

/** After as many days as the cap needs. */
function settled(lines: readonly GradedLine[]): LearnedReliability[] {
  let held: LearnedReliability[] = []
  for (let day = 1; day <= 28; day++) held = refit(lines, held, `2026-02-${String(day).padStart(2, '0')}`)
  return held
}

describe('what is believed of a model', () => {
  test('is the plain prior until thirty answers have been graded, so that the majority decides', () => {
    const few = refit([aLine({ right: 29 })], [], '2026-02-01')
    const enough = refit([aLine({ right: 30 })], [], '2026-02-01')

    expect(of(few, 'law').current.mean).toBe(plainPrior.mean)
    expect(of(few, 'law').current.platt).toBeUndefined()
    expect(of(enough, 'law').current.mean).toBeGreaterThan(plainPrior.mean)
  })

  test('moves by the cap in a day and not again on the same day, then on the next', () => {
    const lines = [aLine({ right: 200 })]
    const first = refit(lines, [], '2026-02-01')
    const again = refit(lines, first, '2026-02-01')
    const next = refit(lines, again, '2026-02-02')

    expect(of(first, 'law').current.mean - plainPrior.mean).toBeLessThanOrEqual(0.05 + 1e-6)
    expect(again).toEqual(first)
    expect(of(next, 'law').current.mean).toBeGreaterThan(of(first, 'law').current.mean)
    expect(of(settled(lines), 'law').current.mean).toBeCloseTo(204 / 206, 6)
  })

  test('does not jump where a domain is new: it begins at what was believed overall', () => {
    const held = settled([aLine({ right: 200 })])
    const rows = refit([aLine({ right: 200 }), aLine({ domain: 'code', right: 0, wrong: 60 })], held, '2026-02-28')

    expect(of(rows, 'code').former).toEqual(of(held, 'overall').current)
  })

  test('is borrowed from the whole record where a domain has too little', () => {
    const rows = settled([aLine({ right: 100 }), aLine({ domain: 'code', right: 1, wrong: 1 })])

    expect(of(rows, 'code').current).toEqual(of(rows, 'overall').current)
    expect(of(rows, 'code').shown).toMatchObject({ domain: 'code', graded_items: 2 })
  })

  test('is forgotten with the last grade, of a domain or of the model', () => {
    const [law, code] = [aLine(), aLine({ domain: 'code' })]
    const held = refit([law, code], [], '2026-02-01')
    const withoutCode = refit([law], held, '2026-02-01')
    const withoutAny = refit([], withoutCode, '2026-02-01')

    expect(of(withoutCode, 'code').shown).toMatchObject({ mean: 0.6667, graded_items: 0, calibration: [] })
    expect(of(withoutCode, 'law').shown).toMatchObject({ graded_items: 1 })
    expect(withoutAny.map(({ shown }) => shown.graded_items)).toEqual([0, 0, 0])
    expect(of(withoutAny, 'overall').current).toEqual({ ...plainPrior, gradedItems: 0 })
  })

  test('is kept apart for emulated models and for another model behind the name', () => {
    const lines = [
      aLine({ right: 100 }),
      aLine({ sandbox: true, right: 0, wrong: 100 }),
      aLine({ providerModel: 'gpt-5.1', right: 50, wrong: 50 }),
    ]
    const means = settled(lines)
      .filter(({ scope }) => scope === 'law')
      .map(({ current }) => Math.round(current.mean * 100))

    expect(means).toEqual([98, 4, 51])
  })
})

describe('agreement', () => {
  test('changes nothing where no answer is known', () => {
    const [row] = settled([aLine({ source: 'agreement', right: 500, wrong: 0 })])

    expect(row?.current.mean).toBe(plainPrior.mean)
    expect(row?.shown.graded_items).toBe(0)
  })

  test('weighs no more than what is known, however much of it there is', () => {
    const known = aLine({ right: 20, wrong: 20 })
    const rows = settled([known, aLine({ source: 'agreement', right: 4_000, wrong: 0 })])

    expect(of(rows, 'law').current.mean).toBeCloseTo((4 + 20 + 40) / 86, 6)
    expect(of(rows, 'law').shown.graded_items).toBe(80)
  })

  test('is told where it contradicts the anchors, and not where either has little to say', () => {
    const anchors = aLine({ right: 10, wrong: 30 })
    const agreed = aLine({ source: 'agreement', right: 9, wrong: 1 })
    const disagreement = (lines: GradedLine[]) => of(refit(lines, [], '2026-02-01'), 'law').disagreement

    expect(disagreement([anchors, agreed])).toBeCloseTo(0.65)
    expect(disagreement([anchors, { ...agreed, right: 8 }])).toBeNull()
    expect(disagreement([{ ...anchors, wrong: 19 }, agreed])).toBeNull()
  })
})

describe('what is shown of a record', () => {
  test('is its own mean with an interval, and how right it was at what it stated', () => {
    const lines = [
      aLine({ confidence: 95, right: 9, wrong: 1 }),
      aLine({ confidence: 90, right: 9, wrong: 1 }),
      aLine({ confidence: 55, right: 5, wrong: 5 }),
      aLine({ confidence: null, right: 3, wrong: 0 }),
      aLine({ confidence: 100, right: 0, wrong: 0, abstained: 2 }),
    ]
    const { shown } = of(refit(lines, [], '2026-02-01'), 'law')

    expect(shown).toMatchObject({ domain: 'law', mean: 0.7692, graded_items: 35 })
    expect(shown.low).toBeLessThan(shown.mean)
    expect(shown.high).toBeGreaterThan(shown.mean)
    expect(shown.calibration).toEqual([
      { stated: 0.55, correct: 0.5, items: 10 },
      { stated: 0.925, correct: 0.9, items: 20 },
    ])
  })

  test('is a record of shares, whatever the grades', () => {
    const count = fc.double({ min: 0, max: 300, noNaN: true })
    const line = fc.record({ confidence: fc.option(fc.nat(100)), right: count, wrong: count, abstained: count })
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), (lines) => {
        for (const { shown, current } of refit(lines.map(aLine), [], '2026-02-01')) {
          expect(shown.low).toBeLessThanOrEqual(shown.mean)
          expect(shown.high).toBeGreaterThanOrEqual(shown.mean)
          expect(shown.calibration.every(({ correct, items }) => correct <= 1 && items > 0)).toBe(true)
          expect(current.mean).toBeGreaterThan(0)
        }
      }),
    )
  })
})
