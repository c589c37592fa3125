import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  aPanelist,
  aReply,
  aVote,
  closedDeliberation,
  names,
  openDeliberation,
  progress,
  settings,
} from '../../test/deliberation-builders.ts'
import type { DebateBallot, Deliberation, Step } from './model.ts'
import { nextStep } from './next-step.ts'

const split = closedDeliberation(['391', '391', '392', '392'])

function first(deliberation: Deliberation): Deliberation {
  return { ...deliberation, openings: deliberation.openings.slice(0, 2) }
}

function moving(round: number, final: string): DebateBallot {
  return aReply('grok', round, { stance: 'change', final })
}

function bothMove(round: number): DebateBallot[] {
  return ['gpt5', 'grok'].map((model) => aReply(model, round, { stance: 'change', final: `${model} ${round}` }))
}

function stopped(step: Step): string {
  return step.kind === 'synthesise' ? step.reason : step.kind
}

describe('the opening', () => {
  test('asks all models', () => {
    expect(nextStep({ ...split, openings: [] }, progress({ asked: [] }))).toEqual({
      kind: 'open',
      models: names.slice(0, 4),
    })
  })

  test('is waited for until its deadline', () => {
    const three = { ...split, openings: split.openings.slice(0, 3) }

    expect(nextStep(three, progress({ waitingFor: ['grok'] }))).toEqual({ kind: 'wait' })
    expect(nextStep(three, progress({ waitingFor: ['grok'], overdue: true })).kind).toBe('debate')
  })

  test.each([
    [4, 1],
    [2, 1],
    [4, 0],
    [1, 0],
  ])('of %i models fails where %i answered', (asked, answered) => {
    const deliberation = closedDeliberation(names.slice(0, asked).map(() => '391'))

    expect(nextStep({ ...deliberation, openings: deliberation.openings.slice(0, answered) }, progress())).toMatchObject(
      {
        kind: 'fail',
        code: 'insufficient_quorum',
        detail: expect.stringContaining(`${answered} of ${asked}`),
      },
    )
  })

  test('needs one answer where one model was asked', () => {
    expect(nextStep(closedDeliberation(['391']), progress())).toMatchObject({
      kind: 'synthesise',
      reason: 'settled',
      brief: { writers: ['gpt5'], answer: '391' },
    })
  })
})

describe('thrifty effort', () => {
  const thrifty = { settings: settings({ answerType: 'number', effort: 'thrifty' }) }
  const agreeing = closedDeliberation(['391', '391', '391', '391'], thrifty)

  test('asks the two most reliable models of different families first', () => {
    const panel = [aPanelist('gpt5'), aPanelist('gpt5-mini', { family: 'gpt5' }), aPanelist('claude')]

    expect(nextStep({ ...agreeing, panel, openings: [] }, progress({ asked: [] }))).toEqual({
      kind: 'open',
      models: ['gpt5', 'claude'],
    })
  })

  test('asks the most reliable first, in whatever order the panel stands', () => {
    const panel = [
      aPanelist('gpt5', { reliability: { mean: 0.6, gradedItems: 50 } }),
      aPanelist('claude', { reliability: { mean: 0.7, gradedItems: 50 } }),
      aPanelist('gemini', { reliability: { mean: 0.9, gradedItems: 50 } }),
      aPanelist('gemini-flash', { family: 'gemini', reliability: { mean: 0.8, gradedItems: 50 } }),
    ]
    const models = (order: typeof panel) => {
      const step = nextStep({ ...agreeing, panel: order, openings: [] }, progress({ asked: [] }))
      return step.kind === 'open' ? step.models : []
    }

    expect(models(panel)).toEqual(['gemini', 'claude'])
    expect(models(panel.toReversed())).toEqual(['gemini', 'claude'])
  })

  test('asks the second of the two before any other, where there was room for one only', () => {
    const one = { ...agreeing, openings: agreeing.openings.slice(0, 1) }

    expect(nextStep(one, progress({ asked: ['gpt5'] }))).toEqual({ kind: 'open', models: ['claude'] })
  })

  test('asks nobody more where there is no room, not even for a quorum', () => {
    const one = { ...agreeing, openings: agreeing.openings.slice(0, 1) }

    expect(nextStep(one, progress({ asked: ['gpt5'], roomForMore: false }))).toMatchObject({ kind: 'fail' })
  })

  test('asks the others only if these two differ, one by one, those of families not yet heard first', () => {
    const asked = { asked: ['gpt5', 'claude'] }
    const panel = [
      aPanelist('gpt5'),
      aPanelist('claude'),
      aPanelist('gpt5-mini', { family: 'gpt5' }),
      aPanelist('grok', { reliability: { mean: 0.6, gradedItems: 0 } }),
    ]
    const differing = { ...closedDeliberation(['391', '392'], thrifty), panel }

    expect(stopped(nextStep(first(agreeing), progress(asked)))).toBe('settled')
    expect(nextStep(differing, progress(asked))).toEqual({ kind: 'open', models: ['grok'] })
    expect(nextStep(differing, progress({ asked: ['gpt5', 'claude', 'grok'] }))).toEqual({
      kind: 'open',
      models: ['gpt5-mini'],
    })
  })

  test('asks the others together where there is no time for one after the other, or the question is open', () => {
    const asked = ['gpt5', 'claude']
    const differing = first(closedDeliberation(['391', '392', '391', '391'], thrifty))
    const open = openDeliberation([['Light scatters.'], ['The sky is blue.'], [], []], {
      settings: settings({ effort: 'thrifty' }),
    })

    expect(nextStep(differing, progress({ asked, oneByOne: false }))).toEqual({
      kind: 'open',
      models: ['gemini', 'grok'],
    })
    expect(nextStep(first(open), progress({ asked }))).toEqual({ kind: 'open', models: ['gemini', 'grok'] })
  })

  test('asks as many together as a quorum lacks', () => {
    expect(nextStep({ ...agreeing, openings: [] }, progress({ asked: ['gpt5', 'claude'] }))).toEqual({
      kind: 'open',
      models: ['gemini', 'grok'],
    })
    expect(
      nextStep({ ...agreeing, openings: agreeing.openings.slice(0, 1) }, progress({ asked: ['gpt5', 'claude'] })),
    ).toEqual({ kind: 'open', models: ['gemini'] })
  })

  test('stops asking where the others could hardly change the answer, though one differs', () => {
    const panel = ['gpt5', 'claude', 'gemini', 'grok'].map((name) =>
      aPanelist(name, { reliability: { mean: name === 'grok' ? 0.3 : 0.9, gradedItems: 50 } }),
    )
    const twoToOne = { ...closedDeliberation(['391', '392', '391'], thrifty), panel }

    expect(nextStep(twoToOne, progress({ asked: ['gpt5', 'claude', 'gemini'] })).kind).toBe('debate')
  })

  test('ends whatever is answered, asks nobody twice, and never fewer than two', () => {
    const reliability = fc.double({ min: 0.05, max: 0.95, noNaN: true })
    const model = fc.record({
      mean: reliability,
      family: fc.constantFrom('a', 'b', 'c'),
      final: fc.constantFrom('1', '2', '3', null),
    })
    fc.assert(
      fc.property(fc.array(model, { minLength: 2, maxLength: 8 }), fc.boolean(), (models, oneByOne) => {
        const panel = models.map(({ mean, family }, index) =>
          aPanelist(`m${index}`, { family, reliability: { mean, gradedItems: 50 } }),
        )
        const whole = {
          ...closedDeliberation(
            models.map(({ final }) => final ?? ''),
            thrifty,
          ),
          panel,
        }
        const openings = whole.openings.map((opening, index) => ({ ...opening, model: `m${index}` }))
        const asked: string[] = []
        for (;;) {
          const heard = openings.filter(
            ({ model: name }, index) => asked.includes(name) && models[index]?.final !== null,
          )
          const step = nextStep({ ...whole, openings: heard }, progress({ asked, oneByOne }))
          if (step.kind !== 'open') break
          expect(step.models.length).toBeGreaterThan(0)
          expect(step.models.every((name) => !asked.includes(name))).toBe(true)
          asked.push(...step.models)
        }
        expect(asked.length).toBeGreaterThanOrEqual(2)
      }),
    )
  })
})

describe('agreement', () => {
  test('on a closed question needs no more calls', () => {
    expect(stopped(nextStep(closedDeliberation(['391', '391', '391']), progress()))).toBe('settled')
  })

  test('on an open one has every model vote on the claims it did not write', () => {
    const step = nextStep(
      openDeliberation([['Light scatters.'], ['The sky is blue.', 'Light scatters.'], []]),
      progress(),
    )

    expect(
      step.kind === 'vote' &&
        step.papers.map(({ model, claims }) => [model, claims.map(({ text }) => text).toSorted()]),
    ).toEqual([
      ['gemini', ['Light scatters.', 'The sky is blue.']],
      ['gpt5', ['The sky is blue.']],
    ])
  })

  test('skips the votes where there is no room for them', () => {
    expect(
      stopped(
        nextStep(openDeliberation([['Light scatters.'], ['The sky is blue.']]), progress({ roomForMore: false })),
      ),
    ).toBe('settled')
  })

  test('goes on without votes that never came', () => {
    expect(
      stopped(
        nextStep(openDeliberation([['Light scatters.'], ['The sky is blue.']]), progress({ stage: 'agreement' })),
      ),
    ).toBe('settled')
  })
})

describe('debate', () => {
  const moveBack = [
    aReply('gpt5', 2, { stance: 'change', final: '391' }),
    aReply('grok', 2, { stance: 'change', final: '392' }),
  ]

  test('starts where the panel is divided', () => {
    expect(nextStep(split, progress())).toMatchObject({ kind: 'debate', round: 1, contested: ['c1', 'c2'] })
  })

  test('starts on a claim that a fifth of the weight opposes, though it be accepted', () => {
    const votes = ['claude', 'gemini', 'grok'].map((model) => ({
      model,
      votes: [aVote('c1', model === 'grok' ? 'disagree' : 'agree')],
    }))
    const step = nextStep(
      openDeliberation([['Light scatters.'], [], [], []], { votes }),
      progress({ stage: 'agreement' }),
    )

    expect(step).toMatchObject({ kind: 'debate', round: 1, contested: ['c1'] })
  })

  test.each<[string, Partial<Deliberation>, boolean, string]>([
    ['no rounds were asked for', { settings: settings({ answerType: 'number', debateRounds: 0 }) }, true, 'last_round'],
    ['there is no room', {}, false, 'no_room'],
    ['nobody moved', { debates: [aReply('grok', 1)], roundsHeld: 1 }, true, 'nobody_moved'],
    ['no reply came', { roundsHeld: 1 }, true, 'nobody_moved'],
    ['the threshold is met', { debates: [moving(1, '391')], roundsHeld: 1 }, true, 'threshold'],
    ['it was the last round', { debates: [...bothMove(1), ...bothMove(2)], roundsHeld: 2 }, true, 'last_round'],
    [
      'positions repeat',
      {
        debates: [...bothMove(1), ...moveBack],
        roundsHeld: 2,
        settings: settings({ answerType: 'number', debateRounds: 5 }),
      },
      true,
      'positions_repeat',
    ],
  ])('ends when %s', (_, override, roomForMore, reason) => {
    const stage = override.roundsHeld === undefined ? 'opening' : 'debate'

    expect(stopped(nextStep({ ...split, ...override }, progress({ stage, roomForMore })))).toBe(reason)
  })

  test('goes on while somebody moves and nothing is settled', () => {
    expect(nextStep({ ...split, debates: bothMove(1), roundsHeld: 1 }, progress({ stage: 'debate' }))).toMatchObject({
      kind: 'debate',
      round: 2,
    })
  })

  test('ends for any behaviour of the debaters', () => {
    const reply = fc.record({
      final: fc.constantFrom('391', '392', '390', null),
      stance: fc.constantFrom('keep', 'change'),
    })
    fc.assert(
      fc.property(
        fc.array(fc.array(reply, { minLength: 4, maxLength: 4 }), { minLength: 5, maxLength: 5 }),
        fc.integer({ min: 0, max: 5 }),
        (script, debateRounds) => {
          let deliberation: Deliberation = { ...split, settings: settings({ answerType: 'number', debateRounds }) }
          let step = nextStep(deliberation, progress())
          while (step.kind === 'debate') {
            const { round } = step
            expect(round).toBeLessThanOrEqual(debateRounds)
            const replies = (script[round - 1] ?? []).map((said, index) => aReply(names[index] ?? '', round, said))
            deliberation = { ...deliberation, debates: [...deliberation.debates, ...replies], roundsHeld: round }
            step = nextStep(deliberation, progress({ stage: 'debate' }))
          }

          expect(step.kind).toBe('synthesise')
        },
      ),
    )
  })
})

test('the synthesis ends in a result, written or not', () => {
  expect(nextStep(split, progress({ stage: 'synthesis', waitingFor: ['grok'] })).kind).toBe('wait')
  expect(nextStep(split, progress({ stage: 'synthesis', waitingFor: ['grok'], overdue: true })).kind).toBe('finish')
  expect(nextStep(split, progress({ stage: 'synthesis' })).kind).toBe('finish')
  expect(nextStep(split, progress({ stage: 'done' })).kind).toBe('finish')
})
