import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkSentences } from './check-sentences.ts'
import type { SynthesisBrief } from './model.ts'

const brief: SynthesisBrief = {
  writers: ['claude'],
  answer: null,
  claims: [
    { id: 'c1', text: 'Light scatters.' },
    { id: 'c3', text: 'The sky is blue.' },
  ],
}

function kept(text: string): string[] {
  return checkSentences(text, brief).sentences.map((sentence) => `${sentence.text} ${sentence.claims.join('+')}`)
}

describe('the writer’s sentences', () => {
  test.each([
    ['Light scatters. [c1]', ['Light scatters. c1']],
    ['Light scatters [c1 c3].', ['Light scatters. c1+c3']],
    ['Light scatters [c1, c3]', ['Light scatters. c1+c3']],
    ['Light scatters [C1][c3].', ['Light scatters. c1+c3']],
    ['- Light scatters [c1]\n2. The sky is blue [c3]', ['Light scatters. c1', 'The sky is blue. c3']],
    ['Light scatters [c1]. The sky is blue [c3].', ['Light scatters. c1', 'The sky is blue. c3']],
    ['As [Rayleigh] showed, light scatters [c1].', ['As [Rayleigh] showed, light scatters. c1']],
  ])('%s are kept', (text, sentences) => {
    expect(kept(text)).toEqual(sentences)
  })

  test.each([
    ['without a citation', 'Light scatters.'],
    ['with a claim that was not accepted', 'Ozone helps [c2].'],
    ['with one accepted claim and one that was not', 'Light and ozone [c1 c2].'],
    ['with an empty citation', 'Light scatters [].'],
    ['that are nothing but a citation', '[c1]'],
  ])('%s are dropped', (_, text) => {
    expect(kept(text)).toEqual([])
    expect(checkSentences(text, brief).sufficient).toBe(false)
  })

  test('a tail after the last citation does not ride on it', () => {
    expect(checkSentences('Light scatters [c1]. Therefore buy gold.', brief)).toMatchObject({
      summary: 'Light scatters.',
      dropped: 1,
    })
  })
})

describe('a sentence keeps to its claims', () => {
  const claims = [
    { id: 'c1', text: 'Sleep restores memory within 8 hours.' },
    { id: 'c2', text: 'Naps do not replace a night of sleep.' },
    { id: 'c3', text: 'Le sommeil consolide la mémoire.' },
  ]
  const keeps = (text: string) => checkSentences(text, { writers: [], answer: null, claims }).sentences.length === 1

  test.each([
    'Sleep restores memory within 8 hours. [c1]',
    'Memory is restored by sleep. [c1]',
    'Naps cannot replace a night of sleep. [c2]',
    'Sleep restores memory; naps do not replace it. [c1 c2]',
    'Within eight hours of rest, what was learnt settles. [c1]',
    'La mémoire est consolidée par le sommeil. [c3]',
  ])('%s', (text) => {
    expect(keeps(text)).toBe(true)
  })

  test.each([
    ['by a figure of its own', 'Sleep restores memory within 12 hours. [c1]'],
    ['by denying it', 'Sleep does not restore memory within 8 hours. [c1]'],
    ['by affirming what is denied', 'Naps replace a night of sleep. [c2]'],
    ['by denying it in French', 'Le sommeil ne consolide pas la mémoire. [c3]'],
    ['by speaking of the panel', 'All experts agree that sleep restores memory. [c1]'],
  ])('or goes, %s', (_, text) => {
    expect(keeps(text)).toBe(false)
  })
})

test.each([
  ['391', 'The product is 391 [c1].', true],
  ['391', 'The product is 1391 [c1].', false],
  ['391', 'The product is 391.5 [c1].', false],
  ['1234567', 'It is 1,234,567 [c1].', true],
  ['2.5 km', 'It is 2.5 kilometres away [c1].', true],
  ['Paris', 'It is paris [c1].', true],
  ['Paris', 'It is London [c1].', false],
  ['B', 'The answer is B [c1].', true],
  ['B', 'Because of this [c1].', false],
  ['yes', 'Oui, c’est exact [c1].', true],
])('a summary of the answer %s may read: %s', (answer, text, sufficient) => {
  expect(checkSentences(text, { ...brief, answer }).sufficient).toBe(sufficient)
})

test('any text is checked, and nothing uncited comes through', () => {
  const piece = fc.constantFrom('[', ']', 'c1', 'c2', ' ', '.', 'word', '\n', '[c1]', '[c2]', '- ', '“')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (parts) => {
      const { sentences } = checkSentences(parts.join(''), brief)

      expect(
        sentences.every(({ claims }) => claims.length > 0 && claims.every((id) => id === 'c1' || id === 'c3')),
      ).toBe(true)
    }),
  )
})
