import { canonicalise, plainContext } from './canonicalise.ts'
import { cleanFinal } from './clean-final.ts'
import { foldWords } from './fold-text.ts'
import { traitsOf } from './likeness.ts'
import type { SynthesisBrief } from './model.ts'
import { peerText } from './peer-text.ts'

const number = /\d+(?:[.,'’\u00a0\u202f]\d+)*/g
/** Scripts that put spaces between words; in others a figure stands alone among letters. */
const joinedBefore = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\d.]/u
const joinedAfter = /^(?:[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\d]|[.,]\d)/u
/** So much of the shorter one's words in the other makes two texts speak of the same thing. */
const sameMatter = 0.6

/**
 * Whether a sentence keeps to the claims that it cites, as far as that can be told without a model: it brings in no figure of its own and no
 * answer that the panel turned down, does not deny what they affirm, and speaks of the matter and not of the panel.
 */
export function standsOn(sentence: string, cited: readonly string[], brief: SynthesisBrief): boolean {
  return (
    hasNoNewFigure(sentence, [...cited, brief.answer ?? '', brief.question ?? '']) &&
    !saysRefuted(sentence, cited, brief) &&
    !denies(sentence, cited) &&
    peerText(sentence, brief.question) !== ''
  )
}

/** Whether a value stands in a text as a word of its own, whatever separates its thousands. */
export function mentions(text: string, value: string): boolean {
  const figure = /^-?[\d.]+/.exec(value)?.[0]
  if (figure !== undefined) return standsAlone(digitsTogether(text), figure)
  if (/^[A-Z]$/.test(value)) return standsAlone(text, value)
  return text.includes(value) || ` ${foldWords(text)} `.includes(` ${foldWords(value)} `)
}

function hasNoNewFigure(sentence: string, sources: readonly string[]): boolean {
  const known = new Set(sources.flatMap(figuresIn))
  return figuresIn(sentence).every((figure) => known.has(figure))
}

function figuresIn(text: string): string[] {
  return (text.normalize('NFKC').match(number) ?? []).map((figure) => figure.replace(/[^\d]/g, ''))
}

function saysRefuted(sentence: string, cited: readonly string[], { answer, refuted = [] }: SynthesisBrief): boolean {
  if (answer === null) return false
  const truth = truthOf(answer)
  if (truth !== undefined) return ![undefined, truth].includes(truthOf(sentence))
  return refuted.some(
    (other) => mentions(sentence, other) && !mentions(answer, other) && !cited.some((claim) => mentions(claim, other)),
  )
}

/** The yes or no that a text comes to, or begins with. */
function truthOf(text: string): string | undefined {
  const [head = ''] = cleanFinal(text).split(/[,;:–—]/)
  const read = canonicalise(head, plainContext)
  return read?.kind === 'boolean' ? read.key : undefined
}

/** Affirms with the words of claims that all deny, or denies with the words of claims that all affirm. */
function denies(sentence: string, cited: readonly string[]): boolean {
  const said = traitsOf(sentence)
  const claims = cited.map((claim) => traitsOf(claim))
  const words = new Set(claims.flatMap((claim) => [...claim.words]))
  const shared = [...said.words].filter((word) => words.has(word)).length
  if (shared === 0 || shared < sameMatter * Math.min(said.words.size, words.size)) return false
  const total = claims.reduce((sum, { negations }) => sum + negations, 0)
  return [total, ...claims.map(({ negations }) => negations)].every((negations) => negations % 2 !== said.negations % 2)
}

function digitsTogether(text: string): string {
  return text.replace(/(?<=\d)[,\u00a0\u202f' ](?=\d{3}(?!\d))/g, '')
}

function standsAlone(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const [before, after] = [text[at - 1] ?? ' ', text.slice(at + word.length, at + word.length + 2)]
    if (!joinedBefore.test(before) && !joinedAfter.test(after)) return true
  }
  return false
}
