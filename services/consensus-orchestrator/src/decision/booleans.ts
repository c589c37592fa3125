type Truth = { key: 'yes' | 'no'; answer: 'yes' | 'no' | 'true' | 'false' }

const words = new Map<string, Truth>()
for (const word of 'yes yeah yep oui ja sí si jawohl affirmative'.split(' '))
  words.set(word, { key: 'yes', answer: 'yes' })
for (const word of 'no nope non nein nee negative'.split(' ')) words.set(word, { key: 'no', answer: 'no' })
for (const word of 'true vrai vraie wahr richtig verdadero verdadera cierto correct'.split(' '))
  words.set(word, { key: 'yes', answer: 'true' })
for (const word of 'false faux fausse falsch unwahr falso falsa incorrect'.split(' '))
  words.set(word, { key: 'no', answer: 'false' })

const longestWord = 12
const leadingWord = /^["'([¡]?(\p{L}{2,12})["')\]]?(?=[\s,.;:!—–-]|$)/u
const bareWord = /^["'(¡]?(\p{L}{2,12})["')]?[.!]?$/u

/** Yes, no, true and false in English, French, German and Spanish. In a sentence only where a yes or no was asked for. */
export function readBoolean(text: string, asked: boolean): Truth | undefined {
  if (!asked && text.length > longestWord + 4) return undefined
  const [, word] = (asked ? leadingWord : bareWord).exec(text) ?? []
  return word === undefined ? undefined : words.get(word.toLowerCase())
}
