import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  aPanel,
  aPanelist,
  aReply,
  aVote,
  closedDeliberation,
  closedOpening,
  names,
  openDeliberation,
  settings,
} from '../../test/deliberation-builders.ts'
import { decide } from './decide.ts'
import type { ClosedDecision, DebateBallot, Deliberation, OpenDecision, Panelist } from './model.ts'

function closed(deliberation: Deliberation): ClosedDecision {
  const decision = decide(deliberation)
  if (decision.form !== 'closed') throw new Error('expected a closed decision')
  return decision
}

function open(deliberation: Deliberation): OpenDecision {
  const decision = decide(deliberation)
  if (decision.form !== 'open') throw new Error('expected an open decision')
  return decision
}

function joining(quoted: string): DebateBallot {
  return aReply('grok', 1, { stance: 'change', final: '391', error_quoted: quoted })
}

/** Both sides change to the other's answer, and back in the next round. */
function swapped(round: number): DebateBallot[] {
  const sides = round % 2 === 1 ? ['392', '391'] : ['391', '392']
  return ['gpt5', 'claude', 'gemini', 'grok'].map((model, index) =>
    aReply(model, round, { stance: 'change', final: sides[index < 2 ? 0 : 1] ?? null }),
  )
}

describe('equal models that agree', () => {
  test.each([2, 3, 4, 5, 6, 7, 8])('%i of them pass the default threshold, whatever was asked', (count) => {
    const finals = (final: string) => Array.from({ length: count }, () => final)

    for (const deliberation of [
      closedDeliberation(finals('391')),
      closedDeliberation(finals('yes'), { settings: settings({ answerType: 'boolean' }) }),
      closedDeliberation(finals('A'), { settings: settings({ answerType: 'choice', choices: ['Paris', 'London'] }) }),
    ]) {
      expect(closed(deliberation)).toMatchObject({
        reached: true,
        agreement: 1,
        debatable: [],
        winner: { verdict: 'accepted' },
      })
    }
    const shared = open(openDeliberation(Array.from({ length: count }, () => ['The sky is blue.'])))
    expect(shared).toMatchObject({ reached: true, agreement: 1, debatable: [] })
  })
})

describe('a single model', () => {
  test('is believed as far as it is reliable, and no consensus is claimed', () => {
    const decision = closed(closedDeliberation(['391']))

    expect(decision).toMatchObject({ reached: false, agreement: 1, debatable: [], overrulesMajority: false })
    expect(decision.winner?.posterior).toBeCloseTo(2 / 3)
    expect(decision.winner?.verdict).toBe('accepted')
  })

  test('has its claims accepted, since nobody could oppose them', () => {
    const decision = open(openDeliberation([['The sky is blue.', 'Light scatters.', 'Sunsets are red.']]))

    expect(decision.claims.map(({ verdict }) => verdict)).toEqual(['accepted', 'accepted', 'accepted'])
    expect(decision.confidence).toBeCloseTo(2 / 3)
    expect(decision.reached).toBe(false)
  })
})

describe('a closed question', () => {
  test('three against one is decided, and yet worth a debate', () => {
    const decision = closed(closedDeliberation(['391', '391', '391', '392']))

    expect(decision).toMatchObject({ reached: true, agreement: 0.75, debatable: ['c1', 'c2'] })
    expect(decision.winner).toMatchObject({
      id: 'c1',
      answer: '391',
      models: ['claude', 'gemini', 'gpt5'],
      verdict: 'accepted',
    })
    expect(decision.positions[1]?.verdict).toBe('rejected')
  })

  test('five against one is not debated', () => {
    expect(closed(closedDeliberation(['1', '1', '1', '1', '1', '2'])).debatable).toEqual([])
  })

  test('two against two cannot be told apart', () => {
    const decision = closed(closedDeliberation(['391', '391', '392', '392']))

    expect(decision).toMatchObject({ tied: true, reached: false })
    expect(decision.positions.map(({ verdict }) => verdict)).toEqual(['contested', 'contested'])
  })

  test('a reliable model outweighs two that are not, and the result says so', () => {
    const panel = [
      aPanelist('gpt5', { reliability: { mean: 0.95, gradedItems: 90 } }),
      aPanelist('claude', { reliability: { mean: 0.55, gradedItems: 90 } }),
      aPanelist('grok', { reliability: { mean: 0.55, gradedItems: 90 } }),
    ]
    const openings = [closedOpening('gpt5', 'yes'), closedOpening('claude', 'no'), closedOpening('grok', 'no')]

    const decision = closed(closedDeliberation([], { panel, openings, settings: settings({ answerType: 'boolean' }) }))

    expect(decision.winner?.answer).toBe('yes')
    expect(decision.overrulesMajority).toBe(true)
  })

  test('a model that answered nothing abstains, and its weight is missing from the agreement', () => {
    const decision = closed(closedDeliberation(['391', '391', '391', null]))

    expect(decision.agreement).toBeCloseTo(0.75)
    expect(decision.debatable).toEqual([])
  })

  test('nobody answers', () => {
    expect(closed(closedDeliberation([null, null]))).toMatchObject({
      winner: undefined,
      reached: false,
      agreement: 0,
      debatable: [],
    })
  })

  test('lost models do not count', () => {
    const deliberation = closedDeliberation(['391', '391', '392', '392'])

    expect(closed({ ...deliberation, openings: deliberation.openings.slice(0, 3) }).voters).toHaveLength(3)
  })

  test('auto takes the form that most openings take', () => {
    const auto = { settings: settings() }
    const openEnded = closedOpening('gpt5', 'Because of scattering.', {
      answer_type: 'open',
      claims: [{ text: 'It scatters.', kind: 'fact', salience: 1, confidence: 1 }],
    })
    const deliberation = closedDeliberation(['391', '391', '391'], auto)

    expect(decide({ ...deliberation, openings: [openEnded, ...deliberation.openings.slice(1)] })).toMatchObject({
      form: 'closed',
      answerType: 'number',
    })
    expect(
      decide({
        ...deliberation,
        openings: [openEnded, { ...openEnded, model: 'claude' }, ...deliberation.openings.slice(2)],
      }).form,
    ).toBe('open')
  })
})

describe('an open question', () => {
  const sky: [string, number] = ['The sky is blue.', 0.9]
  const claims = [[sky, 'Ozone makes it so.'], [sky], [sky], [sky]]

  test('authors stand by their claims, others vote, and missing votes abstain', () => {
    const votes = [
      { model: 'claude', votes: [aVote('c2', 'disagree', 'Ozone absorbs little of the visible light.')] },
      { model: 'gemini', votes: [aVote('c2', 'disagree'), aVote('c9', 'agree'), aVote('c1', 'disagree')] },
    ]

    const decision = open(openDeliberation(claims, { votes }))

    expect(decision.claims.map(({ text, posterior, verdict }) => [text, posterior.toFixed(3), verdict])).toEqual([
      ['The sky is blue.', '0.941', 'accepted'],
      ['Ozone makes it so.', '0.333', 'contested'],
    ])
    expect(decision.debatable).toEqual(['c2'])
  })

  test('a claim that only its author holds is contested, and not debated where nobody opposes it', () => {
    const decision = open(openDeliberation([['The sky is blue.'], ['Mars is red.']]))

    expect(decision.claims.map(({ verdict }) => verdict)).toEqual(['contested', 'contested'])
    expect(decision).toMatchObject({ debatable: [], reached: false, agreement: 0, confidence: 0 })
  })

  test('a claim that all others deny is rejected, and settled', () => {
    const votes = ['claude', 'gemini', 'grok'].map((model) => ({ model, votes: [aVote('c1', 'disagree')] }))

    const decision = open(openDeliberation([['Mars is blue.'], [], [], []], { votes }))

    expect(decision.claims[0]).toMatchObject({ verdict: 'rejected' })
    expect(decision.claims[0]?.posterior).toBeCloseTo(0.2)
    expect(decision.agreement).toBe(1)
    expect(decision.reached).toBe(false)
  })

  test('confidence is lower where the conclusion speaks to less of what the panel found salient', () => {
    const agreed = ['claude', 'gemini', 'grok'].map((model) => ({
      model,
      votes: [aVote('c1', 'agree'), aVote('c3', 'agree')],
    }))
    const split = agreed.map(({ model, votes }) => ({
      model,
      votes: votes.map((vote) => (vote.claim === 'c3' ? { ...vote, vote: 'abstain' as const } : vote)),
    }))
    const deliberation = openDeliberation([
      [
        ['The sky is blue.', 1],
        ['Ozone helps.', 0.5],
      ],
      ['Light scatters.'],
      ['Light scatters.'],
      ['Light scatters.'],
    ])

    expect(open({ ...deliberation, votes: split }).confidence).toBeLessThan(
      open({ ...deliberation, votes: agreed }).confidence,
    )
  })
})

describe('the trajectory', () => {
  const deliberation = closedDeliberation(['391', '391', '392', '392'])
  const own = 'grok worked it out step by step'
  const theirs = 'worked it out step by step and found 391'

  function afterChange(quoted: string | null): ClosedDecision {
    const reply = aReply('grok', 1, { stance: 'change', final: '391', error_quoted: quoted })
    return closed({ ...deliberation, debates: [reply], roundsHeld: 1 })
  }

  test('a change that quotes the wrong step moves half of the ballot', () => {
    const decision = afterChange(own)

    expect(decision.agreement).toBeCloseTo(2.5 / 4)
    expect(decision.changes).toEqual([
      expect.objectContaining({ model: 'grok', round: 1, claim: null, from: '392', to: '391', errorQuoted: own }),
    ])
  })

  test('a change that quotes nothing, or what it has not read, moves a quarter', () => {
    expect(afterChange(null).agreement).toBeCloseTo(2.25 / 4)
    expect(afterChange('seventeen times twenty is plainly 350').agreement).toBeCloseTo(2.25 / 4)
    expect(afterChange('seventeen times twenty is plainly 350').changes[0]?.errorQuoted).toBeNull()
  })

  test('a change that joins the majority with the majority in its mouth moves a quarter', () => {
    const three = closedDeliberation(['391', '391', '391', '392'])
    const agreement = (quoted: string) => closed({ ...three, debates: [joining(quoted)], roundsHeld: 1 }).agreement

    expect(agreement(theirs)).toBeCloseTo(3.25 / 4)
    expect(agreement(own)).toBeCloseTo(3.5 / 4)
  })

  test('the opening keeps half, however often a model has changed', () => {
    const changing = [1, 2, 3].map((round) =>
      aReply('grok', round, { stance: 'change', final: ['391', '390', '391'][round - 1] ?? '', error_quoted: own }),
    )

    const decision = closed({ ...deliberation, debates: changing, roundsHeld: 3 })

    expect(decision.positions.find(({ answer }) => answer === '392')?.weightShare).toBeGreaterThanOrEqual(1.5 / 4)
  })

  test('who keeps keeps, whatever final comes with it', () => {
    const decision = closed({
      ...deliberation,
      debates: [aReply('grok', 1, { stance: 'keep', final: '391' })],
      roundsHeld: 1,
    })

    expect(decision.changes).toEqual([])
    expect(decision.repeats).toBe(true)
  })

  test('positions that come back are noticed', () => {
    expect(closed({ ...deliberation, debates: swapped(1), roundsHeld: 1 }).repeats).toBe(false)
    expect(closed({ ...deliberation, debates: [...swapped(1), ...swapped(2)], roundsHeld: 2 }).repeats).toBe(true)
  })

  test('an open question: votes on what was read move, votes on anything else do not', () => {
    const votes = ['claude', 'gemini', 'grok'].map((model) => ({
      model,
      votes: [aVote('c1', model === 'claude' ? 'agree' : 'disagree', 'Ozone absorbs hardly any visible light at all.')],
    }))
    const base = openDeliberation([['Ozone makes the sky blue.'], [], [], []], { votes })
    const reply = aReply('claude', 1, {
      stance: 'change',
      error_quoted: 'Ozone absorbs hardly any visible light',
      votes: [aVote('c1', 'disagree', 'It absorbs too little.'), aVote('c7', 'agree')],
    })

    const decision = open({ ...base, debates: [reply], roundsHeld: 1 })

    expect(decision.changes).toEqual([
      expect.objectContaining({ model: 'claude', claim: 'c1', from: 'agree', to: 'disagree' }),
    ])
    expect(decision.claims[0]?.posterior).toBeLessThan(0.5)
  })
})

const reliability = fc.record({ mean: fc.double({ min: 0.05, max: 0.98, noNaN: true }), gradedItems: fc.constant(50) })
const voter = fc.record({
  final: fc.constantFrom('1', '2', '3', null),
  family: fc.constantFrom('a', 'b', 'c', 'd'),
  reliability,
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
})
const voters = fc.array(voter, { minLength: 1, maxLength: 8 })
const answerType = fc.constantFrom('number', 'boolean', 'choice')

type Voter = { final: string | null; family: string; reliability: Panelist['reliability']; confidence: number }

function deliberationOf(list: readonly Voter[], type: 'number' | 'boolean' | 'choice'): Deliberation {
  return closedDeliberation([], {
    settings: settings({ answerType: type, choices: type === 'choice' ? ['1', '2', '3', '4'] : null }),
    panel: list.map(({ family, reliability: known }, index) => aPanelist(`m${index}`, { family, reliability: known })),
    openings: list.map(({ final, confidence }, index) => closedOpening(`m${index}`, final, { confidence })),
  })
}

describe('for any ballots', () => {
  test('their order does not matter', () => {
    fc.assert(
      fc.property(
        voters,
        answerType,
        fc.array(fc.constantFrom('1', '2', '3'), { maxLength: 8 }),
        (list, type, moves) => {
          const debates = moves
            .slice(0, list.length)
            .map((final, index) => aReply(`m${index}`, 1, { stance: 'change', final }))
          const deliberation = { ...deliberationOf(list, type), debates, roundsHeld: 1 }
          const { openings, panel } = deliberation

          const turned = decide({
            ...deliberation,
            openings: openings.toReversed(),
            panel: panel.toReversed(),
            debates: debates.toReversed(),
          })

          expect(turned).toEqual(decide(deliberation))
        },
      ),
    )
  })

  test('the posterior sums to one', () => {
    fc.assert(
      fc.property(voters, answerType, (list, type) => {
        const { positions, unseen } = closed(deliberationOf(list, type))

        expect(positions.reduce((sum, { posterior }) => sum + posterior, unseen)).toBeCloseTo(1, 9)
      }),
    )
  })

  test('another voter for the winner never lowers its posterior', () => {
    fc.assert(
      fc.property(voters, answerType, voter, (list, type, another) => {
        const before = closed(deliberationOf(list, type)).winner
        if (before === undefined) return

        const after = closed(deliberationOf([...list, { ...another, final: before.answer }], type))

        expect(after.positions.find(({ key }) => key === before.key)?.posterior).toBeGreaterThanOrEqual(
          before.posterior - 1e-9,
        )
      }),
      { numRuns: 500 },
    )
  })

  test('siblings of one family never outvote two families of equal reliability', () => {
    fc.assert(
      fc.property(reliability, fc.integer({ min: 1, max: 6 }), answerType, (known, siblings, type) => {
        const clan = Array.from({ length: siblings }, () => ({
          final: '1',
          family: 'a',
          reliability: known,
          confidence: 1,
        }))
        const others = ['b', 'c'].map((family) => ({ final: '2', family, reliability: known, confidence: 0.5 }))

        const { positions } = closed(deliberationOf([...clan, ...others], type))

        const posteriorOf = (answer: string) => positions.find((position) => position.answer === answer)?.posterior ?? 0
        expect(posteriorOf('2')).toBeGreaterThanOrEqual(posteriorOf('1') - 1e-9)
      }),
    )
  })

  test('claims too: order is nothing, and one more supporter never lowers a claim', () => {
    const vote = fc.constantFrom('agree', 'disagree', 'abstain')
    fc.assert(
      fc.property(
        fc.array(fc.record({ vote, family: fc.constantFrom('a', 'b', 'c'), reliability }), {
          minLength: 1,
          maxLength: 7,
        }),
        reliability,
        (list, known) => {
          const build = (ballots: typeof list) =>
            openDeliberation([['The sky is blue.']], {
              panel: [
                aPanelist('gpt5'),
                ...ballots.map((ballot, index) =>
                  aPanelist(`m${index}`, { family: ballot.family, reliability: ballot.reliability }),
                ),
              ],
              openings: [
                ...openDeliberation([['The sky is blue.']]).openings,
                ...ballots.map((_, index) => closedOpening(`m${index}`, null, { answer_type: 'open' })),
              ],
              votes: ballots.map((ballot, index) => ({ model: `m${index}`, votes: [aVote('c1', ballot.vote)] })),
            })
          const deliberation = build(list)
          const supported = build([...list, { vote: 'agree', family: 'a', reliability: known }])

          expect(
            open({
              ...deliberation,
              votes: deliberation.votes.toReversed(),
              openings: deliberation.openings.toReversed(),
            }),
          ).toEqual(open(deliberation))
          expect(open(supported).claims[0]?.posterior).toBeGreaterThanOrEqual(
            (open(deliberation).claims[0]?.posterior ?? 1) - 1e-9,
          )
        },
      ),
    )
  })
})

test('the builders name as many models as a panel may have', () => {
  expect(aPanel(8).map(({ model }) => model)).toEqual(names)
})
