import { domains } from '@concord/contracts/domains'
import { describe, expect, test } from 'vitest'
import { AnchorQuestion, loadAnchors } from '../src/anchors/anchor-questions.ts'
import { canonicalise } from '../src/decision/canonicalise.ts'

const anchors = loadAnchors()

test('every id is its own and names its domain', () => {
  expect(new Set(anchors.map(({ id }) => id)).size).toBe(anchors.length)
  expect(anchors.filter(({ id, domain }) => !id.startsWith(`${domain}-`))).toEqual([])
})

test('no two questions are the same or nearly so', () => {
  const texts = anchors.map(({ id, question, choices }) => ({
    id,
    shingles: shinglesOf([question, ...(choices ?? []).toSorted()].join(' ')),
  }))
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

  test('there are enough of them to grade a model', () => {
    expect(questions.length).toBeGreaterThanOrEqual(60)
  })

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

describe('the right answer is seen for what it is', () => {
  const dresses: ((answer: string) => string)[] = [
    (answer) => answer,
    (answer) => `**${answer}**`,
    (answer) => `The answer is ${answer}`,
    (answer) => `The correct answer is: **${answer}**.`,
    (answer) => `"${answer}"`,
    (answer) => ` ${answer}\n`,
  ]
  const choiceDresses: ((letter: string, answer: string) => string)[] = [
    (letter) => letter,
    (letter) => `(${letter})`,
    (letter) => `Option ${letter}`,
    (letter) => `The answer is (${letter}).`,
    (letter, answer) => `${letter}) ${answer}`,
    (letter, answer) => `The answer is (${letter}) ${answer}`,
    (letter, answer) => `**${letter}. ${answer}**`,
    (letter, answer) => `${letter}: ${answer}`,
    (letter, answer) => `Option ${letter}: ${answer}`,
  ]
  const numberDresses: ((answer: string) => string)[] = [
    (answer) => `≈ ${answer}`,
    (answer) => `$${answer}$`,
    (answer) => `\\boxed{${answer}}`,
    (answer) => `x = ${answer}`,
  ]

  test('where it is a choice', () => {
    const missed = anchors.flatMap(({ id, choices, answer }) => {
      if (choices === null) return []
      const letter = String.fromCharCode(65 + choices.indexOf(answer))
      const written = [...dresses.map((dress) => dress(answer)), ...choiceDresses.map((dress) => dress(letter, answer))]
      const read = (final: string) => canonicalise(final, { answerType: 'choice', choices, language: 'en' })?.answer
      return written.filter((final) => read(final) !== answer).map((final) => ({ id, final, read: read(final) }))
    })
    expect(missed).toEqual([])
  })

  test('where it is a number', () => {
    const missed = anchors.flatMap(({ id, answer_type: answerType, answer }) => {
      if (answerType !== 'number') return []
      const written = [...dresses, ...numberDresses].map((dress) => dress(answer))
      return written
        .filter((final) => canonicalise(final, { answerType, choices: null, language: 'en' })?.key !== answer)
        .map((final) => ({ id, final }))
    })
    expect(missed).toEqual([])
  })

  test.each([
    ['yes', ['Yes', 'Yes.', '**True**', 'The answer is yes.', 'Oui', 'Ja', 'Sí', 'Yes, because it follows.', '"yes"']],
    ['no', ['No', 'NO.', '**False**', 'The answer is: no', 'Non', 'Nein', 'Faux', 'No — it does not follow.', '(no)']],
  ])('where it is %s', (answer, written) => {
    const keys = written.map((final) => canonicalise(final, { answerType: 'boolean', choices: null, language: 'en' }))
    expect(keys.map((read) => read?.key)).toEqual(written.map(() => answer))
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
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? []
  return new Set(words.map((_, index) => words.slice(index, index + 2).join(' ')))
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((shingle) => b.has(shingle)).length
  return common / (a.size + b.size - common)
}
