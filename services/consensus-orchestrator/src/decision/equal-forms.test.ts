import { expect, test } from 'vitest'
import { canonicalise } from './canonicalise.ts'

const asked = { answerType: 'number', choices: null, language: 'en' } as const

test.each([
  ['2/5 = 0.4', '0.4'],
  ['0.4 (or 2/5)', '0.4'],
  ['1/16 (6.25%)', '0.0625'],
  ['16/3 ≈ 5.33', '16/3'],
  ['x = 16/3 = 5 1/3', '16/3'],
])('%s is one number', (final, key) => {
  expect(canonicalise(final, asked)).toMatchObject({ kind: 'number', key })
})

test.each(['0.4 or 0.6', '2/5 = 0.5', '3 (out of 7)', '4 = x = y2'])('%s is not', (final) => {
  expect(canonicalise(final, asked)?.kind).not.toBe('number')
})
