import type { Language } from '../language.ts'

/**
 * A fact is found by patterns on folded text (lower case, no accents), all of which must match. Texts are in English, French, German
 * and Spanish, separated by `/`, or one for all four; `true` and `false` are said in the question's language.
 */
export type Fact = {
  ask: RegExp[]
  type: 'number' | 'boolean' | 'open'
  right: string
  wrong: string
  because?: string
  mistaken?: string
}

const order: readonly Language[] = ['en', 'fr', 'de', 'es']

export function inLanguage(text: string, language: Language): string {
  const parts = text.split('/')
  return (parts[order.indexOf(language)] ?? parts[0] ?? '').trim()
}
