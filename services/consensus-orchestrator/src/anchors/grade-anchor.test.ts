import { expect, test } from 'vitest'
import { openingOutput } from '../../test/outputs.ts'
import { gradeAnchor } from './grade-anchor.ts'
import type { Anchor } from './ports.ts'

const number: Anchor = {
  id: 'mathematics-1',
  domain: 'mathematics',
  question: 'How much is 391 euros and nothing?',
  answer_type: 'number',
  choices: null,
  answer: '391',
}
const choices = ['Paris', 'Lyon', 'Nice']
const choice: Anchor = { ...number, answer_type: 'choice', choices, answer: 'Lyon' }
const yes: Anchor = { ...number, answer_type: 'boolean', answer: 'yes' }

test.each<[string, Anchor, string | null, boolean | null]>([
  ['the number itself', number, '391', true],
  ['a number with a unit that was not asked for', number, '391 €', true],
  ['another number', number, '392', false],
  ['the text of the choice', choice, 'lyon', true],
  ['the letter of another choice', choice, 'C', false],
  ['a choice there is not', choice, 'Marseille', false],
  ['another word for it', yes, 'true', true],
  ['the opposite in another language', yes, 'nein', false],
  ['no answer', number, null, null],
])('%s is graded as the decision would read it', (_, anchor, final, right) => {
  expect(gradeAnchor(anchor, openingOutput({ final, confidence: 0.87 }))).toMatchObject({ right, confidence: 87 })
})

test('an output that breaks the form is no answer', () => {
  expect(gradeAnchor(number, { text: 'hm', json: { final: 391 } })).toEqual({
    right: null,
    answer: null,
    confidence: null,
  })
  expect(gradeAnchor(number, undefined).right).toBeNull()
})

test('equal wrong answers leave the same mark, others another, and none says what it was', () => {
  const mark = (final: string) => gradeAnchor(number, openingOutput({ final })).answer

  expect(mark('401')).toBe(mark('401.0'))
  expect(mark('401')).not.toBe(mark('402'))
  expect(mark('401')).not.toContain('401')
})
