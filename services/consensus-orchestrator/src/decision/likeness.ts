import { foldWords } from './fold-text.ts'

/** Words (in their order), numbers and negations of a claim, for comparing it with others. */
export type Traits = {
  text: string
  words: ReadonlySet<string>
  numbers: string
  negations: number
  folded: string
}

const emptyWords = new Set(
  'a an the of in on at to for and or is are was were be been by with from as that this it its le la les un une des du de et ou est sont dans par pour avec que qui der die das ein eine und oder ist sind im am von zu mit el los las una y o es son en por para con que del al'.split(
    ' ',
  ),
)
const negation =
  /(?<!\p{L})(?:not|no|never|none|nor|cannot|without|neither|pas|jamais|aucune?|sans|ni|nicht|keine?n?|nie|niemals|ohne|nunca|ninguna?|sin|jamás)(?!\p{L})|n['’]t(?!\p{L})/giu
const number = /\d+(?:[.,]\d+)*/g
const longestClaim = 1_000

export function traitsOf(text: string): Traits {
  const claim = text.slice(0, longestClaim)
  const folded = foldWords(claim)
  const words = new Set(
    folded
      .split(' ')
      .filter((word) => word !== '' && !emptyWords.has(word))
      .map(stem),
  )
  const numbers = (claim.match(number) ?? []).toSorted().join(' ')
  return { text: claim, words, numbers, negations: claim.match(negation)?.length ?? 0, folded }
}

/** Dice's coefficient of the words, 0..1. Of numbers and negations it knows nothing: that is for `areApart`. */
export function wordLikeness(a: Traits, b: Traits): number {
  if (a.words.size === 0 || b.words.size === 0) return 0
  let shared = 0
  for (const word of a.words) if (b.words.has(word)) shared++
  return (2 * shared) / (a.words.size + b.words.size)
}

function stem(word: string): string {
  return word.length > 4 ? word.replace(/(?:ing|ed|es|s|en|e)$/, '') : word
}
