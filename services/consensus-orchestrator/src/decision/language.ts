import type { Settings } from './model.ts'

export type Language = 'en' | 'fr' | 'de' | 'es'

const telling: Record<Language, ReadonlySet<string>> = {
  en: new Set(
    'the is are of and what which how why does do did can should would who when where with for from was were'.split(
      ' ',
    ),
  ),
  fr: new Set(
    'le la les est sont des du quel quelle quels quelles comment pourquoi combien qui que dans pour avec une un et où au aux ce cette'.split(
      ' ',
    ),
  ),
  de: new Set(
    'der die das ist sind und was welche welcher welches wie warum wieso wer wann wo mit für von ein eine nicht den dem des im'.split(
      ' ',
    ),
  ),
  es: new Set(
    'el los las es son qué cuál cuáles cómo por quién cuándo dónde cuánto cuántos con para una un y del al en se'.split(
      ' ',
    ),
  ),
}

/** The language of fixed phrases: the one asked for, else the question's; English where it is none of the four or cannot be told. */
export function languageOf({ language }: Pick<Settings, 'language'>, question: string): Language {
  const asked = language.slice(0, 2).toLowerCase()
  if (language !== 'auto') return isLanguage(asked) ? asked : 'en'
  const words = question
    .slice(0, 2_000)
    .toLowerCase()
    .split(/[^\p{L}]+/u)
  let [best, most]: [Language, number] = ['en', 0]
  for (const candidate of ['en', 'fr', 'de', 'es'] as const) {
    const count = words.filter((word) => telling[candidate].has(word)).length
    if (count > most) [best, most] = [candidate, count]
  }
  return best
}

function isLanguage(tag: string): tag is Language {
  return tag === 'en' || tag === 'fr' || tag === 'de' || tag === 'es'
}
