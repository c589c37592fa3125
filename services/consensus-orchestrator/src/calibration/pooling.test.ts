import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomFrom } from '../evaluation/random.ts'
import { coincidenceIn } from './coincidence.ts'
import { fitPooling, type GradedQuestion } from './pooling.ts'

type Answer = GradedQuestion['answers'][number]

const accuracy = 0.7

/** Three siblings and two others. `copied`: a sibling repeats the first one's answer. `shared`: all fail on the same questions. */
function questions(count: number, { copied = 0, shared = 0, lure = 0.4 } = {}): GradedQuestion[] {
  const random = randomFrom(7)
  return Array.from({ length: count }, () => {
    const hardness = random()
    const answerOf = (): string => {
      const luck = random() < shared ? hardness : random()
      if (luck < accuracy) return 'right'
      return random() < lure ? 'lure' : `wrong ${Math.floor(random() * 8)}`
    }
    const first = answerOf()
    const sibling = () => (random() < copied ? first : answerOf())
    const answer = (family: string, key: string): Answer => ({
      family,
      probability: accuracy,
      key,
      right: key === 'right',
    })
    const answers = [first, sibling(), sibling()].map((key) => answer('a', key))
    return { options: 10, answers: [...answers, answer('b', answerOf()), answer('c', answerOf())] }
  })
}

describe('how ballots are put together', () => {
  test('is not fitted on fewer than thirty questions', () => {
    expect(fitPooling(questions(29))).toBeUndefined()
    expect(fitPooling(questions(30))).toBeDefined()
  })

  test('siblings that answer alike count as one, and those that err apart count each', () => {
    expect(fitPooling(questions(600, { copied: 1 }))?.siblingIndependence).toBeLessThanOrEqual(0.25)
    expect(fitPooling(questions(600))?.siblingIndependence).toBeGreaterThanOrEqual(0.75)
  })

  test('models that fail on the same questions make the posterior more modest', () => {
    const apart = fitPooling(questions(600))?.temperature ?? 0
    const alike = fitPooling(questions(600, { shared: 0.8 }))?.temperature ?? 0

    expect(alike).toBeGreaterThan(apart + 0.3)
    expect(apart).toBeGreaterThan(0.7)
    expect(apart).toBeLessThan(1.4)
  })

  test('gives each family its influence, once there are questions enough to tell', () => {
    expect(fitPooling(questions(299))).not.toHaveProperty('influence')
    expect(Object.keys(fitPooling(questions(300))?.influence ?? {})).toEqual(['a', 'b', 'c'])
  })

  test('does not depend on the order of questions or answers', () => {
    const asked = questions(320, { copied: 0.5, shared: 0.5 })
    const turned = asked.toReversed().map(({ options, answers }) => ({ options, answers: answers.toReversed() }))
    const [one, other] = [fitPooling(asked), fitPooling(turned)]

    expect(other?.temperature).toBeCloseTo(one?.temperature ?? 0, 6)
    expect(other?.siblingIndependence).toBe(one?.siblingIndependence)
    expect(other?.coincidence).toBeCloseTo(one?.coincidence ?? 0, 9)
    for (const family of ['a', 'b', 'c'])
      expect(other?.influence?.[family]).toBeCloseTo(one?.influence?.[family] ?? 0, 6)
  })
})

describe('the coincidence of wrong answers', () => {
  test('is what was seen, once enough was seen', () => {
    expect(coincidenceIn(questions(4_000, { lure: 0 }))).toBeCloseTo(1 / 8, 1)
    expect(coincidenceIn(questions(4_000, { lure: 1 }))).toBeGreaterThan(0.95)
  })

  test('lies halfway between blind guessing and certainty before anything was seen', () => {
    expect(coincidenceIn([])).toBeCloseTo(0.5)
    expect(coincidenceIn([{ options: 2, answers: [] }])).toBeCloseTo(1)
    expect(coincidenceIn([{ options: 5, answers: [] }])).toBeCloseTo(0.625)
  })

  test('is a probability', () => {
    const answer = fc.record({
      family: fc.constantFrom('a', 'b', 'c'),
      key: fc.constantFrom('x', 'y'),
      right: fc.boolean(),
    })
    const question = fc.record({
      options: fc.integer({ min: 2, max: 50 }),
      answers: fc.array(answer, { maxLength: 6 }),
    })
    fc.assert(
      fc.property(fc.array(question, { maxLength: 20 }), (asked) => {
        const coincidence = coincidenceIn(asked)

        expect(coincidence).toBeGreaterThan(0)
        expect(coincidence).toBeLessThanOrEqual(1)
      }),
    )
  })
})
