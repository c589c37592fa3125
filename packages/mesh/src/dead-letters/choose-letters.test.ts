import { expect, test } from 'vitest'
import { chooseLetters } from './choose-letters.ts'

test('means all only where --all was said', () => {
  expect(chooseLetters(undefined, { all: true })).toEqual({ handler: undefined, id: undefined })
  expect(chooseLetters('1', { handler: 'a' })).toEqual({ handler: 'a', id: '1' })
  expect(() => chooseLetters(undefined, {})).toThrow('--all')
  expect(() => chooseLetters('1', { all: true })).toThrow('--all stands alone')
})
