import { describe, expect, test } from 'vitest'
import { canonicalise } from './canonicalise.ts'

function chosen(final: string, choices: readonly string[]): string | undefined {
  const read = canonicalise(final, { answerType: 'choice', choices, language: 'en' })
  return read?.kind === 'option' ? read.answer : undefined
}

describe('a choice written with signs that are normalised', () => {
  const choices = ['S²⁻', 'Cl⁻', '**x**', 'x']

  test.each(choices)('%s is found as it stands there', (choice) => {
    expect(chosen(choice, choices)).toBe(choice)
  })

  test.each([
    ['**S²⁻**', 'S²⁻'],
    ['The answer is Cl⁻.', 'Cl⁻'],
    ['(A) S²⁻', 'S²⁻'],
  ])('%s means %s', (final, choice) => {
    expect(chosen(final, choices)).toBe(choice)
  })
})

test('a choice that looks like another one with a label is not taken for it', () => {
  expect(chosen('x = 5', ['5', 'x = 5'])).toBe('x = 5')
  expect(chosen('5', ['x = 5', '5'])).toBe('5')
})
