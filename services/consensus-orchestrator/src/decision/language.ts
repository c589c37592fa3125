import type { Settings } from './model.ts'

export type Language = 'en' | 'fr' | 'de' | 'es' | 'ru' | 'ar' | 'zh' | 'ja'

/** Scripts that tell a language by themselves: Japanese before Chinese, whose signs it uses. */
const scripts: readonly [Language, RegExp][] = [
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ['zh', /\p{Script=Han}/u],
  ['ru', /\p{Script=Cyrillic}{3}/u],
  ['ar', /\p{Script=Arabic}{3}/u],
]
const latin = ['en', 'fr', 'de', 'es'] as const

const telling: Record<(typeof latin)[number], ReadonlySet<string>> = {
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

/** The language of fixed phrases: the one asked for, else the question's; English where it is none of these or cannot be told. */
export function languageOf({ language }: Pick<Settings, 'language'>, question: string): Language {
  const asked = language.slice(0, 2).toLowerCase()
  if (language !== 'auto') return isLanguage(asked) ? asked : 'en'
  const text = question.slice(0, 2_000)
  const byScript = scripts.find(([, script]) => script.test(text))
  if (byScript !== undefined) return byScript[0]
  const words = text.toLowerCase().split(/[^\p{L}]+/u)
  let [best, most]: [Language, number] = ['en', 0]
  for (const candidate of latin) {
    const count = words.filter((word) => telling[candidate].has(word)).length
    if (count > most) [best, most] = [candidate, count]
  }
  return best
}

function isLanguage(tag: string): tag is Language {
  return ['en', 'fr', 'de', 'es', 'ru', 'ar', 'zh', 'ja'].includes(tag)
}
