import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  aPanelist,
  aReply,
  aVote,
  closedDeliberation,
  closedOpening,
  openDeliberation,
  openOpening,
  progress,
  settings,
} from '../../test/deliberation-builders.ts'
import { decide } from './decide.ts'
import type { ClosedDecision, Deliberation, Settings } from './model.ts'
import { nextStep } from './next-step.ts'
import { shuffle } from './shuffle.ts'

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
  const asWritten = closedDeliberation(["'a 1'", "'b 1'"], {
    settings: settings({ answerType: 'number', asWritten: true }),
  })

  expect(closed(asWritten).positions.map(({ answer }) => answer)).toEqual(['a 1', 'b 1'])
  expect(closed(closedDeliberation(["'a 1'", "'b 1'"])).positions).toHaveLength(1)
})

test('two that agree are tempered as two where effort is thrifty, not as the panel they are the first of', () => {
  const voters = ['a', 'b', 'c', 'd', 'e'].map((family) => ({ family, mean: 0.8, final: 'A' }))
  const thrifty = asked(voters, { choices: ['A', 'B', 'C', 'D'], temperature: 4, effort: 'thrifty' })
  const firstTwo = { ...thrifty, openings: thrifty.openings.slice(0, 2) }
  const atOnce = { ...firstTwo, settings: { ...firstTwo.settings, effort: 'thorough' as const } }

  expect(closed(firstTwo).confidence).toBeGreaterThan(closed(atOnce).confidence)
  expect(nextStep(firstTwo, progress({ asked: ['m0', 'm1'] })).kind).toBe('synthesise')
})

test('a family whose errors are those of the others counts for less, and one that nothing is known of as it is', () => {
  const voters = ['a', 'b', 'constructor'].map((family, index) => ({
    family,
    mean: 0.7,
    final: index === 2 ? 'no' : 'yes',
  }))
  const yesNo = { answerType: 'boolean' } as const

  expect(closed(asked(voters, yesNo)).winner?.answer).toBe('yes')
  expect(closed(asked(voters, { ...yesNo, influence: { a: 0.4, b: 0.4 } })).winner?.answer).toBe('no')
})

describe('whatever has been fitted', () => {
  const fitted = fc.record({
    temperature: fc.double({ min: 0.5, max: 8, noNaN: true }),
    siblingIndependence: fc.double({ min: 0, max: 1, noNaN: true }),
    coincidence: fc.double({ min: 0.02, max: 1, noNaN: true }),
    influence: fc.record({
      a: fc.double({ min: 0, max: 3, noNaN: true }),
      b: fc.double({ min: 0, max: 3, noNaN: true }),
    }),
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

  test('the order of the ballots, and of the panel, does not matter', () => {
    fc.assert(
      fc.property(voters, fitted, fc.integer(), (panel, extra, seed) => {
        const deliberation = asked(panel, { ...extra, choices })
        const debates = panel.map((_, index) =>
          aReply(`m${index}`, 1, { stance: 'change', final: choices[(index + 1) % 4] ?? 'A', error_quoted: null }),
        )
        const held = { ...deliberation, debates, roundsHeld: 1 }
        const turned = {
          ...held,
          openings: shuffle(held.openings, `o${seed}`),
          panel: shuffle(held.panel, `p${seed}`),
          debates: shuffle(held.debates, `d${seed}`),
        }

        expect(decide(turned)).toEqual(decide(held))
      }),
    )
  })

  test('siblings never outvote two families of their reliability and influence, as long as they have not been found to err apart', () => {
    const known = fc.double({ min: 0.3, max: 0.95, noNaN: true })
    fc.assert(
      fc.property(known, fc.integer({ min: 1, max: 6 }), fitted, (mean, siblings, extra) => {
        const clan = Array.from({ length: siblings }, () => ({ family: 'a', mean, final: 'A' }))
        const others = ['b', 'c'].map((family) => ({ family, mean, final: 'B' }))
        const alike = { ...extra, siblingIndependence: 0, influence: {}, choices }
        const { positions } = closed(asked([...clan, ...others], alike))
        const [a = 0, b = 0] = ['A', 'B'].map(
          (answer) => positions.find((position) => position.answer === answer)?.posterior,
        )

        expect(b).toBeGreaterThanOrEqual(a - 1e-9)
      }),
    )
  })

  test('claims of an open question keep to all of it: order, sum, one more supporter', () => {
    const vote = fc.constantFrom('agree', 'disagree', 'abstain')
    const cast = fc.array(
      fc.tuple(vote, fc.constantFrom('a', 'b', 'c'), fc.double({ min: 0.05, max: 0.95, noNaN: true })),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    fc.assert(
      fc.property(cast, fitted, fc.integer(), (ballots, extra, seed) => {
        const deliberation = voted(ballots, extra)
        const supported = voted([...ballots, ['agree', 'd', 0.8]], extra)
        const posteriorOf = (which: Deliberation) => {
          const decision = decide(which)
          return decision.form === 'open' ? (decision.claims[0]?.posterior ?? 0) : 0
        }

        expect(
          decide({
            ...deliberation,
            votes: shuffle(deliberation.votes, `v${seed}`),
            openings: shuffle(deliberation.openings, `o${seed}`),
            panel: shuffle(deliberation.panel, `p${seed}`),
          }),
        ).toEqual(decide(deliberation))
        expect(posteriorOf(supported)).toBeGreaterThanOrEqual(posteriorOf(deliberation) - 1e-9)
      }),
    )
  })
})

type Cast = readonly ['agree' | 'disagree' | 'abstain', family: string, mean: number]

/** One claim by an author of a family of its own, and these votes on it. */
function voted(ballots: readonly Cast[], extra: Partial<Settings>): Deliberation {
  const panel = [
    aPanelist('author'),
    ...ballots.map(([, family, mean], index) =>
      aPanelist(`m${index}`, { family, reliability: { mean, gradedItems: 90 } }),
    ),
  ]
  const openings = panel.map(({ model }, index) => openOpening(model, index === 0 ? ['Light scatters.'] : []))
  const votes = ballots.map(([vote], index) => ({ model: `m${index}`, votes: [aVote('c1', vote)] }))
  return openDeliberation([], { panel, openings, votes, settings: settings({ answerType: 'open', ...extra }) })
}

test('siblings that have been found to err apart count apart on claims too, and a claim is worth what its posterior turned out to be', () => {
  const siblings: Cast[] = [
    ['agree', 'a', 0.7],
    ['agree', 'a', 0.7],
  ]
  const open = (extra: Partial<Settings>) => decide(voted(siblings, extra))
  const curve = [
    { posterior: 0, confidence: 0 },
    { posterior: 1, confidence: 0.5 },
  ]

  expect(open({ siblingIndependence: 1 }).confidence).toBeGreaterThan(open({ siblingIndependence: 0 }).confidence)
  expect(open({ confidenceCurve: curve }).confidence).toBeCloseTo(open({}).confidence / 2)
})
