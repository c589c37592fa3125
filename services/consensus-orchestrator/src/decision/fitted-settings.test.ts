import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aPanelist, closedDeliberation, closedOpening, progress, settings } from '../../test/deliberation-builders.ts'
import { decide } from './decide.ts'
import type { ClosedDecision, Deliberation, Settings } from './model.ts'
import { nextStep } from './next-step.ts'

function closed(deliberation: Deliberation): ClosedDecision {
  const decision = decide(deliberation)
  if (decision.form !== 'closed') throw new Error('expected a closed decision')
  return decision
}

type Voter = { family: string; mean: number; final: string; confidence?: number | null }

function asked(voters: readonly Voter[], override: Partial<Settings> = {}): Deliberation {
  const panel = voters.map(({ family, mean }, index) =>
    aPanelist(`m${index}`, { family, reliability: { mean, gradedItems: 90, platt: { a: 1, b: 0 } } }),
  )
  const openings = voters.map(({ final, mean, confidence = mean }, index) => {
    const opening = closedOpening(`m${index}`, final)
    return { ...opening, answer: { ...opening.answer, confidence } }
  })
  return closedDeliberation([], { panel, openings, settings: settings({ answerType: 'choice', ...override }) })
}

describe('siblings', () => {
  const three = ['a', 'a', 'a', 'b', 'c'].map((family, index) => ({ family, mean: 0.8, final: index < 3 ? 'A' : 'B' }))

  test('never outvote two families of their reliability, unless they have been found to err apart', () => {
    expect(closed(asked(three)).winner?.answer).toBe('B')
    expect(closed(asked(three, { siblingIndependence: 1 })).winner?.answer).toBe('A')
  })

  test('between the two, count for more than one and less than each', () => {
    const [none, half, full] = [0, 0.5, 1].map(
      (siblingIndependence) => closed(asked(three.slice(0, 4), { siblingIndependence })).winner?.posterior ?? 0,
    )

    expect(half).toBeGreaterThan(none ?? 1)
    expect(full).toBeGreaterThan(half ?? 1)
  })
})

describe('wrong answers that often coincide', () => {
  const strongAgainstWeak = [
    { family: 'a', mean: 0.95, final: 'A' },
    ...['b', 'c', 'd'].map((family) => ({ family, mean: 0.5, final: 'B' })),
  ]

  test('make the agreement of weak models worth less', () => {
    const choices = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J']

    expect(closed(asked(strongAgainstWeak, { choices })).winner?.answer).toBe('B')
    expect(closed(asked(strongAgainstWeak, { choices, coincidence: 0.7 })).winner?.answer).toBe('A')
  })

  test('change nothing where there are only two answers', () => {
    const yesNo: Partial<Settings> = { answerType: 'boolean' }
    const voters = strongAgainstWeak.map((voter) => ({ ...voter, final: voter.final === 'A' ? 'yes' : 'no' }))

    expect(closed(asked(voters, { ...yesNo, coincidence: 0.4 }))).toEqual(closed(asked(voters, yesNo)))
  })
})

test('confidence is what the posterior turned out to be worth, and the posterior itself stays', () => {
  const voters = ['a', 'b', 'c'].map((family) => ({ family, mean: 0.9, final: 'A' }))
  const confidenceCurve = [
    { posterior: 0.5, confidence: 0.4 },
    { posterior: 1, confidence: 0.8 },
  ]

  const decision = closed(asked(voters, { confidenceCurve }))

  expect(decision.winner?.posterior).toBeGreaterThan(0.99)
  expect(decision.confidence).toBeCloseTo(0.8, 1)
  expect(decision.reached).toBe(true)
})

test('a confidence that was not stated is replaced by the reliability', () => {
  const stated = [{ family: 'a', mean: 0.7, final: 'A' }]
  const unstated = [{ family: 'a', mean: 0.7, final: 'A', confidence: null }]

  expect(closed(asked(unstated)).confidence).toBeCloseTo(closed(asked(stated)).confidence)
})

test('texts are compared as they stand where a text was asked for', () => {
  const asWritten = closedDeliberation(["'a1'", "'b1'"], {
    settings: settings({ answerType: 'number', asWritten: true }),
  })

  expect(closed(asWritten).positions.map(({ answer }) => answer)).toEqual(['a1', 'b1'])
  expect(closed(closedDeliberation(["'a1'", "'b1'"])).positions).toHaveLength(1)
})

test('two that agree are tempered as two where effort is thrifty, not as the panel they are the first of', () => {
  const voters = ['a', 'b', 'c', 'd', 'e'].map((family) => ({ family, mean: 0.8, final: 'A' }))
  const thrifty = asked(voters, { choices: ['A', 'B', 'C', 'D'], temperature: 4, effort: 'thrifty' })
  const firstTwo = { ...thrifty, openings: thrifty.openings.slice(0, 2) }
  const atOnce = { ...firstTwo, settings: { ...firstTwo.settings, effort: 'thorough' as const } }

  expect(closed(firstTwo).confidence).toBeGreaterThan(closed(atOnce).confidence)
  expect(nextStep(firstTwo, progress({ asked: ['m0', 'm1'] })).kind).toBe('synthesise')
})

describe('whatever has been fitted', () => {
  const fitted = fc.record({
    temperature: fc.double({ min: 0.5, max: 8, noNaN: true }),
    siblingIndependence: fc.double({ min: 0, max: 1, noNaN: true }),
    coincidence: fc.double({ min: 0.02, max: 1, noNaN: true }),
  })
  const voter = fc.record({
    family: fc.constantFrom('a', 'b', 'c'),
    mean: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
    final: fc.constantFrom('A', 'B', 'C', 'D'),
  })
  const voters = fc.array(voter, { minLength: 1, maxLength: 6 })
  const choices = ['A', 'B', 'C', 'D', 'E']

  test('the posterior sums to one', () => {
    fc.assert(
      fc.property(voters, fitted, (panel, extra) => {
        const { positions, unseen } = closed(asked(panel, { ...extra, choices }))

        expect(positions.reduce((sum, { posterior }) => sum + posterior, unseen)).toBeCloseTo(1)
      }),
    )
  })

  test('another voter that agrees never lowers the winner', () => {
    fc.assert(
      fc.property(voters, fitted, voter, (panel, extra, another) => {
        const { winner } = closed(asked(panel, { ...extra, choices }))
        const more = closed(asked([...panel, { ...another, final: winner?.answer ?? 'A' }], { ...extra, choices }))
        const same = more.positions.find(({ key }) => key === winner?.key)

        expect(same?.posterior).toBeGreaterThanOrEqual((winner?.posterior ?? 1) - 1e-9)
      }),
    )
  })

  test('the order of the ballots does not matter', () => {
    fc.assert(
      fc.property(voters, fitted, (panel, extra) => {
        const deliberation = asked(panel, { ...extra, choices })
        const turned = {
          ...deliberation,
          openings: deliberation.openings.toReversed(),
          panel: deliberation.panel.toReversed(),
        }

        expect(closed(turned).winner).toEqual(closed(deliberation).winner)
      }),
    )
  })
})
