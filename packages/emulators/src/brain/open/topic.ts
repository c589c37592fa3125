import type { Language } from '../language.ts'
import { packs } from './packs.ts'

/** What an open question is about: its first run of telling words, at most three; the language's own word for "this" where there is none. */
export function topicOf(question: string, language: Language): string {
  const stop = stopwords[language]
  const runs: string[][] = [[]]
  for (const token of question.match(/[\p{L}\p{N}][\p{L}\p{N}'’+#-]*|[^\s\p{L}\p{N}]+/gu) ?? []) {
    const bare = token.replace(/^(?:[dlsnmtjc]|qu)['’]/i, '')
    if (!/[\p{L}\p{N}]/u.test(token) || bare.length < 2 || stop.has(bare.toLowerCase())) runs.push([])
    else {
      if (bare !== token) runs.push([])
      runs.at(-1)?.push(bare)
    }
  }
  const [longest] = runs.filter((run) => run.length > 0).toSorted((one, other) => weight(other) - weight(one))
  return longest === undefined ? nothing[language] : longest.slice(0, 3).join(' ')
}

function weight(run: readonly string[]): number {
  return Math.min(run.length, 3) * 4 + Math.min(run.join('').length, 24) / 4
}

const nothing: Record<Language, string> = { en: 'this matter', fr: 'ce sujet', de: 'dieser Sache', es: 'este asunto' }

const stopwords: Record<Language, Set<string>> = {
  en: new Set(packs.en.stopwords.split(' ')),
  fr: new Set(packs.fr.stopwords.split(' ')),
  de: new Set(packs.de.stopwords.split(' ')),
  es: new Set(packs.es.stopwords.split(' ')),
}
