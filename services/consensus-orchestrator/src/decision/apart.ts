import { type Traits, traitsOf, wordLikeness } from './likeness.ts'
import { numberWords, oppositeWords } from './opposites.ts'

/** Negations beyond those that the traits count: of other languages, in any script. */
const foreignNegation =
  /(?<!\p{L})(?:non|não|nem|nunca|niet|geen|ikke|inte|nie|не|нет|ни|без|δεν|μην?|değil|yok|لا|لم|لن|ليس|غير|नहीं|لیس)(?!\p{L})|[不没沒無无非未]|ない|ません|않|안(?=\s)|못/giu
const decimalComma = /(?<=\d),(?=(?:\d{1,2}|\d{4,})(?!\d))/g
/** From where on two claims are one wording with something exchanged in it. */
const sameTemplate = 0.5
const sameWords = 0.8
const oppositePrefix = /^(?:un|in|im|il|ir|dis|non|anti|mis|des|de|ab)(?=\p{L}{4})/u

/**
 * Whether two claims differ in what turns one into another, however alike their words or their vectors: a number, a negation, a pair of
 * opposites, or, in wording that is otherwise much the same, a name or who does what to whom. In doubt they do: two claims too many are voted on
 * alike, while one merged from two opposites has its authors vouch for what they never said.
 */
export function areApart(a: Traits, b: Traits): boolean {
  if (a.negations % 2 !== b.negations % 2 || numbersIn(a) !== numbersIn(b)) return true
  if (count(a.text, foreignNegation) % 2 !== count(b.text, foreignNegation) % 2) return true
  if (areOpposed(new Set(plainWords(a)), new Set(plainWords(b)))) return true
  const likeness = wordLikeness(a, b)
  return (likeness >= sameTemplate && namesDiffer(a, b)) || (likeness >= sameWords && orderDiffers(a, b))
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}

function plainWords({ folded }: Traits): string[] {
  return folded.split(/[ '’]/)
}

/** Numbers in digits and in words: `2`, `two` and `zwei` are the same. */
function numbersIn(traits: Traits): string {
  const digits = traits.numbers.replace(decimalComma, '.').split(' ')
  return [...digits, ...plainWords(traits).flatMap((word) => numberWords.get(word) ?? [])]
    .filter((number) => number !== '')
    .toSorted()
    .join(' ')
}

function areOpposed(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const onlyA = [...a].filter((word) => !b.has(word))
  const onlyB = [...b].filter((word) => !a.has(word))
  return (
    oppositeWords.some(
      ([one, other]) =>
        (holds(a, one) && !holds(a, other) && holds(b, other) && !holds(b, one)) ||
        (holds(a, other) && !holds(a, one) && holds(b, one) && !holds(b, other)),
    ) ||
    onlyA.some((word) => onlyB.includes(word.replace(oppositePrefix, ''))) ||
    onlyB.some((word) => onlyA.includes(word.replace(oppositePrefix, '')))
  )
}

function holds(words: ReadonlySet<string>, pole: RegExp): boolean {
  for (const word of words) if (pole.test(word)) return true
  return false
}

/** Each has a name, or a first word, that the other lacks: two claims about two things. */
function namesDiffer(a: Traits, b: Traits): boolean {
  return hasOtherName(a, b) && hasOtherName(b, a)
}

function hasOtherName(a: Traits, b: Traits): boolean {
  const names = a.text.match(/(?<![\p{L}\p{N}])\p{Lu}[\p{L}\p{N}]*/gu) ?? []
  return names.some((name) => [...traitsOf(name).words].some((word) => a.words.has(word) && !b.words.has(word)))
}

/** The words that both have stand in another order: who does it, and to whom, may be exchanged. */
function orderDiffers(a: Traits, b: Traits): boolean {
  const sharedA = [...a.words].filter((word) => b.words.has(word))
  const sharedB = [...b.words].filter((word) => a.words.has(word))
  return sharedA.some((word, at) => word !== sharedB[at])
}
