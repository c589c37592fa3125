import type { Language } from '../language.ts'
import { packs } from './packs.ts'

/** What an open question is about: its first run of telling words, at most three; the language's own word for "this" where there is none. */
export function topicOf(question: string, language: Language): string {
  const stop = stopwords[language]
  const runs: string[][] = [[]]
  for (const token of question.match(/[\p{L}\p{N}][\p{L}\p{N}'’+#-]*|[^\s\p{L}\p{N}]+/gu) ?? []) {
    const bare = token.replace(/^(?:[dlsnmtjc]|qu)['’]/i, '')
    if (bare.length < 2 || ignored.test(bare) || stop.has(bare.toLowerCase())) runs.push([])
    else {
      if (bare !== token) runs.push([])
      runs.at(-1)?.push(bare)
    }
  }
  const [longest] = runs.filter((run) => run.length > 0).toSorted((one, other) => weight(other) - weight(one))
  if (longest === undefined) return nothing[language]
  const [open, close] = quotes[language]
  return `${open}${longest.slice(0, 3).join(' ').slice(0, 80)}${close}`
}

/** Punctuation, numbers, English adverbs, and French verbs with their subject behind them. */
const ignored = /^[^\p{L}]+$|ly$|-(?:t-)?(?:ils?|elles?|on|nous|vous|je|tu|ce)$/iu

/** Long words tell more than many. */
function weight(run: readonly string[]): number {
  return Math.max(...run.map((word) => word.length)) + Math.min(run.length, 3)
}

/** A topic in quotation marks needs no article, case or gender; English needs none anyway. */
const quotes: Record<Language, [string, string]> = { en: ['', ''], fr: ['« ', ' »'], de: ['„', '“'], es: ['«', '»'] }

const nothing: Record<Language, string> = { en: 'this matter', fr: 'ce sujet', de: 'dieser Sache', es: 'este asunto' }

const stopwords: Record<Language, Set<string>> = {
  en: new Set(packs.en.stopwords.split(' ')),
  fr: new Set(packs.fr.stopwords.split(' ')),
  de: new Set(packs.de.stopwords.split(' ')),
  es: new Set(packs.es.stopwords.split(' ')),
}
