import { domains } from '@concord/contracts/domains'
import { describe, expect, test } from 'vitest'
import { AnchorQuestion, loadAnchors } from '../src/anchors/anchor-questions.ts'

const anchors = loadAnchors()

test('every id is its own and names its domain', () => {
  expect(new Set(anchors.map(({ id }) => id)).size).toBe(anchors.length)
  expect(anchors.filter(({ id, domain }) => !id.startsWith(`${domain}-`))).toEqual([])
})

test('no two questions are the same or nearly so', () => {
  const texts = anchors.map(({ id, question }) => ({ id, shingles: shinglesOf(question) }))
  const alike = texts.flatMap((one, index) =>
    texts
      .slice(index + 1)
      .filter((other) => jaccard(one.shingles, other.shingles) > 0.5)
      .map((other) => [one.id, other.id]),
  )
  expect(alike).toEqual([])
})

describe.each(domains)('%s', (domain) => {
  const questions = anchors.filter((anchor) => anchor.domain === domain)

  test('the right choices stand in all places alike', () => {
    const places = new Map<number, number>()
    const choices = questions.filter((question) => question.answer_type === 'choice')
    for (const question of choices) {
      const place = question.choices.indexOf(question.answer)
      places.set(place, (places.get(place) ?? 0) + 1)
    }
    expect(Math.max(0, ...places.values())).toBeLessThanOrEqual(0.4 * choices.length)
  })

  test('yes is right about as often as no', () => {
    const booleans = questions.filter((question) => question.answer_type === 'boolean')
    const yes = booleans.filter(({ answer }) => answer === 'yes').length
    expect(yes).toBeGreaterThanOrEqual(0.35 * booleans.length)
    expect(yes).toBeLessThanOrEqual(0.65 * booleans.length)
  })
})

describe('refused are', () => {
  const choice = { id: 'law-001', question: 'Which?', answer_type: 'choice', choices: ['this', 'that'], answer: 'that' }
  const number = { id: 'law-002', question: 'How many?', answer_type: 'number', choices: null, answer: '7' }

  test.each<[string, object]>([
    ['an answer that is none of the choices', { ...choice, answer: 'other' }],
    ['a choice that stands there twice', { ...choice, choices: ['that', 'this', 'that'] }],
    ['choices that only differ in case', { ...choice, choices: ['This', 'this', 'that'] }],
    ['a choice of several lines', { ...choice, choices: ['this', 'that', 'the\nother'] }],
    ['a number with its unit', { ...number, answer: '7 km' }],
    ['a number with a separator of thousands', { ...number, answer: '7,000' }],
    ['a choice without choices', { ...choice, choices: null }],
    ['a boolean in another word than yes or no', { ...number, answer_type: 'boolean', answer: 'true' }],
    ['a field that is not known', { ...number, difficulty: 'hard' }],
  ])('%s', (_, question) => {
    expect(AnchorQuestion.safeParse(question).success).toBe(false)
    expect(AnchorQuestion.safeParse(choice).success).toBe(true)
    expect(AnchorQuestion.safeParse(number).success).toBe(true)
  })
})

function shinglesOf(text: string): Set<string> {
  const words = text.toLowerCase().split(/[^\p{L}\p{N}]+/u)
  return new Set(words.map((_, index) => words.slice(index, index + 2).join(' ')))
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((shingle) => b.has(shingle)).length
  return common / (a.size + b.size - common)
}
