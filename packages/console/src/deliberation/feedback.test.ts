import { GiveFeedback } from '@concord/contracts/feedback'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { feedbackOf } from './feedback.ts'

/** Blanks that count as none, and halves of characters among them. */
const anything = fc.constantFrom(' ', '\n', '\u00a0', '\ufeff', 'a', '24', '😀', '\ud83d')

test('whatever is written in the field makes a body that the API takes', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.string({ unit: anything, maxLength: 40 }), fc.nat(100), (correct, text, times) => {
      expect(GiveFeedback.safeParse(feedbackOf(correct, text.repeat(times))).success).toBe(true)
    }),
  )
})

test('an expected answer goes only with an answer that was wrong, and only if there is one', () => {
  expect(feedbackOf(false, ' 24 ')).toEqual({ correct: false, expected_answer: '24' })
  expect(feedbackOf(false, ' \n')).toEqual({ correct: false })
  expect(feedbackOf(true, '24')).toEqual({ correct: true })
})
