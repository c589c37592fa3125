import { assert, constantFrom, letrec, nat, oneof, property, tuple } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attempt } from './arithmetic/work-out.ts'
import { parse } from './arithmetic/parse.ts'
import { readPrompt } from './prompt.ts'
import { format } from './rational.ts'
import { solve } from './solve.ts'

function solved(question: string) {
  return solve(readPrompt({ ...plain, user: question }), 1)
}

const plain = {
  provider: 'openai' as const,
  model: 'gpt-5',
  system: '',
  user: '',
  form: undefined,
  maxOutputTokens: undefined,
  stream: false,
}

describe('knows the answer', () => {
  test.each([
    ['what is 17 * 23', '391'],
    ['Calculate 1,234 + 5,678.', '6912'],
    ['the sum of 12 and 30', '42'],
    ['What is the sum of seventeen and twenty-three?', '40'],
    ['What is the difference between 50 and 8?', '42'],
    ['What is 15 percent of 240?', '36'],
    ['How much is (3 + 4) * 2^3 - 10 / 4?', '53.5'],
    ['1/3 + 1/6', '0.5'],
    ['What is 5!?', '120'],
    ['the square root of 144 plus 6', '18'],
    ['What is the remainder when 17 is divided by 5?', '2'],
    ['Combien font 17 fois 23 ?', '391'],
    ['Was ist 144 geteilt durch 12?', '12'],
    ['Wie viel ist 3,5 mal 4?', '14'],
    ['¿Cuánto es 12 por 12?', '144'],
    ['Is 17 * 23 equal to 391?', 'yes'],
    ['Is 91 a prime number?', 'no'],
    ['Is 1024 divisible by 8?', 'yes'],
  ])('arithmetic: %s', (question, final) => {
    expect(solved(question)?.right.final).toBe(final)
  })

  test.each([
    ['How many meters are in 3.5 kilometers?', '3500'],
    ['convert 5 km to miles', '3.106856'],
    ['Convert 100 °F to Celsius', '37.777778'],
    ['How many minutes are in a week?', '10080'],
    ['Wie viele Minuten sind 3 Stunden?', '180'],
    ['Combien de mètres dans 2 kilomètres ?', '2000'],
  ])('units: %s', (question, final) => {
    expect(solved(question)?.right.final).toBe(final)
  })

  test.each([
    ['What day of the week was July 4, 1776?', 'Thursday'],
    ['Quel jour de la semaine était le 14 juillet 1789 ?', 'mardi'],
    ['Welcher Wochentag war der 9. November 1989?', 'Donnerstag'],
    ['How many days are between 2024-01-01 and 2024-12-25?', '359'],
    ['What date is 100 days after 2024-01-01?', '2024-04-10'],
    ['Is 1900 a leap year?', 'no'],
    ['2000 est-elle une année bissextile ?', 'oui'],
    ['How many days are in February 2024?', '29'],
  ])('dates: %s', (question, final) => {
    expect(solved(question)?.right.final).toBe(final)
  })

  test.each([
    ['What is the capital of Australia?', 'Canberra'],
    ['Quelle est la capitale du Royaume-Uni ?', 'Londres'],
    ['Was ist die Hauptstadt der Türkei?', 'Ankara'],
    ['¿Cuál es el símbolo químico del oro?', 'Au'],
    ['Is the Great Wall of China visible from space?', 'no'],
    ['Sind Wale Säugetiere?', 'ja'],
    ['In what year did World War II end?', '1945'],
    ['Who wrote Don Quixote?', 'Miguel de Cervantes'],
  ])('facts: %s', (question, final) => {
    expect(solved(question)?.right.final).toBe(final)
  })

  test.each([
    ['What is 17 * 23?\nA) 381\nB) 391\nC) 401', 'B'],
    ['What is the capital of Canada?\n(A) Toronto\n(B) Ottawa', 'B'],
    ['Is Pluto a planet?\nA. True\nB. False', 'B'],
  ])('choices: %s', (question, final) => {
    expect(solved(question)).toMatchObject({ type: 'choice', right: { final } })
  })

  test.each([
    'Should a small company use event sourcing?',
    'A train travels 60 km in 2 hours, then 40 km. What now?',
    'Compare the 2 main views on how 3 people share 5 kilometers of road.',
  ])('leaves open what is open: %s', (question) => {
    expect(solved(question)).toBeUndefined()
  })
})

test.each([
  'what is 17 * 23',
  'How much is (3 + 4) * 2^3 - 10 / 4?',
  'convert 5 km to miles',
  'How many days are between 2024-01-01 and 2024-12-25?',
  'Is 2024 a leap year?',
  'Is 97 prime?',
  'What is the capital of Australia?',
  'What is 17 * 23?\nA) 381\nB) 391\nC) 401',
])('goes astray at a step that stands in its way and not in the right one: %s', (question) => {
  const solution = solved(question)

  expect(solution?.wrong.final).not.toBe(solution?.right.final)
  expect(solution?.wrong.steps).toContain(solution?.wrong.wrongStep)
  expect(solution?.right.steps).not.toContain(solution?.wrong.wrongStep)
})

test('works out what JavaScript does, for whole numbers', () => {
  assert(
    property(expressions, ({ text, value }) => {
      const parsed = parse(text)
      const worked = parsed && attempt(parsed)

      expect(worked && format(worked.value)).toBe(String(value))
    }),
  )
})

type Worked = { text: string; value: bigint }

const operations: Record<string, (a: bigint, b: bigint) => bigint> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
}

const expressions = letrec<{ node: Worked }>((tie) => ({
  node: oneof(
    { maxDepth: 4 },
    nat(99).map((number) => ({ text: String(number), value: BigInt(number) })),
    tuple(tie('node'), constantFrom(...Object.entries(operations)), tie('node')).map(([a, [sign, operate], b]) => ({
      text: `(${a.text} ${sign} ${b.text})`,
      value: operate(a.value, b.value),
    })),
  ),
})).node

test('gives up on what is too large or has no value, without an error', () => {
  for (const question of [
    'what is 9^9^9',
    'what is 1/0',
    'what is 999!',
    `what is ${'('.repeat(300)}1+1${')'.repeat(300)}`,
  ]) {
    expect(solved(question)).toBeUndefined()
  }
})
