export const languages = ['en', 'fr', 'de', 'es'] as const
export type Language = (typeof languages)[number]

const marks: Record<Language, Set<string>> = {
  en: words('the is are of what which how why when who does do should a an and in to for with can was were there'),
  fr: words(
    'le la les des du est sont quel quelle quels quelles comment pourquoi une et dans pour avec qui que combien au aux ce il faut ne pas plus sur ou où',
  ),
  de: words(
    'der die das ist sind was welche welcher welches wie warum wer ein eine und im für mit von zu den dem soll man wann wo nicht viele zwischen gibt',
  ),
  es: words(
    'el los las es son qué que cuál cuáles cómo por una y en para con quién cuánto cuántos del al se debe no más sobre está hay',
  ),
}

/** The language of a text among those the emulators speak; English where nothing tells. */
export function detectLanguage(text: string): Language {
  const found = text.toLowerCase().match(/\p{L}+/gu) ?? []
  let best: Language = 'en'
  let bestScore = 0
  for (const language of languages) {
    const score = found.filter((word) => marks[language].has(word)).length + (signs[language].test(text) ? 1.5 : 0)
    if (score > bestScore) [best, bestScore] = [language, score]
  }
  return best
}

const signs: Record<Language, RegExp> = { en: /^$/, fr: /[çœêàèùâîô]|qu['’]/i, de: /[ßäöü]/i, es: /[¿¡ñ]/i }

/** Reads a language's tag or its name in English; undefined for one that the emulators do not speak. */
export function readLanguage(text: string | undefined): Language | undefined {
  const name = (text ?? '').trim().toLowerCase()
  const byName = { english: 'en', french: 'fr', german: 'de', spanish: 'es' } as const
  return (
    languages.find((language) => name === language || name.startsWith(`${language}-`)) ??
    Object.entries(byName).find(([key]) => name.startsWith(key))?.[1]
  )
}

function words(text: string): Set<string> {
  return new Set(text.split(' '))
}

/** Lower case without accents, for comparing. */
export function fold(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}
