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

describe('a choice written otherwise than any', () => {
  const choices = ['36 km', '42 km', '1.5 km', '63 km']

  test.each([
    ['"B"', '42 km'],
    ['42', '42 km'],
    ['42km', '42 km'],
    ['42.0 kilometres', '42 km'],
    ['≈ 1500 m', '1.5 km'],
    ['about 1.5 km', '1.5 km'],
    ['**Answer:** B', '42 km'],
    ['**Answer**: (b)', '42 km'],
    ['The correct option is B.', '42 km'],
    ['I choose (D)', '63 km'],
    ['I would pick 63 km', '63 km'],
  ])('%s means %s', (final, choice) => {
    expect(chosen(final, choices)).toBe(choice)
  })

  test('is not guessed where several have the same number, or none has', () => {
    expect(chosen('45', ['45 km', '45 miles'])).toBeUndefined()
    expect(chosen('41 km', choices)).toBeUndefined()
    expect(chosen('42 m', choices)).toBeUndefined()
  })
})
