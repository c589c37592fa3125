import { expect, test } from 'vitest'
import { canonicalise } from './canonicalise.ts'

function truthOf(final: string): string | undefined {
  const read = canonicalise(final, { answerType: 'boolean', choices: null, language: 'en' })
  return read?.kind === 'boolean' ? read.key : undefined
}

test.each([
  ['Y', 'yes'],
  ['n', 'no'],
  ['T', 'yes'],
  ['F.', 'no'],
  ['The statement is true.', 'yes'],
  ['The claim is not correct', 'no'],
  ['It is false, since 9 is odd', 'no'],
  ['not true', 'no'],
  ['Not false', 'yes'],
])('%s, where a yes or no was asked for, is %s', (final, key) => {
  expect(truthOf(final)).toBe(key)
})

test.each(['A', 'It is truly hard to say', 'The statement'])('%s is neither yes nor no', (final) => {
  expect(truthOf(final)).toBeUndefined()
})

test('a letter alone is no yes or no where none was asked for', () => {
  expect(canonicalise('Y')?.kind).toBe('option')
})
