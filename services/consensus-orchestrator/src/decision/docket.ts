import type { DocketClaim, Opening } from './model.ts'
import { closedType } from './answer-form.ts'
import { areApart } from './apart.ts'
import { cosine, type ClaimVector } from './claim-vectors.ts'
import { compareText } from './compare.ts'
import { traitsOf, wordLikeness, type Traits } from './likeness.ts'

type Written = {
  model: string
  text: string
  kind: string
  salience: number
  confidence: number
  traits: Traits
  vector: ClaimVector | undefined
}

const mostPerModel = 12
/** Dice's coefficient of the words from which on claims are the same, where one of them has no vector. */
const sameByWords = 0.8
/**
 * Cosine from which on claims are the same. It is high on purpose: one merger too many has authors vouch for what they never said, and one too few
 * costs a vote.
 */
const sameByVectors = 0.9
const fromFinal = 3
const longestValue = 100

/**
 * The claims of all models, duplicates merged, in falling salience: by their vectors where two of them can be compared, else by their words.
 * The order of the openings does not matter. `answerIs` puts a closed answer into words, since a bare one cannot be voted on by itself.
 */
export function gatherDocket(
  openings: readonly Opening[],
  answerIs: (answer: string) => string = (answer) => answer,
): DocketClaim[] {
  const written = openings.flatMap((opening) => claimsOf(opening, answerIs)).toSorted(bySalience)
  const groups: [Written, ...Written[]][] = []
  for (const claim of written) {
    const group = groups.find(([first]) => same(first, claim))
    if (group === undefined) groups.push([claim])
    else group.push(claim)
  }
  return groups
    .map((group) => merged(group))
    .toSorted((a, b) => b.salience - a.salience || compareText(a.text, b.text))
    .map((claim, index) => ({ id: `c${index + 1}`, ...claim }))
}

function claimsOf({ model, answer, claimVectors }: Opening, answerIs: (answer: string) => string): Written[] {
  const stated = answer.claims
    .map((claim, index) => ({ ...claim, vector: claimVectors?.[index] }))
    .filter(({ text }) => text.trim() !== '')
  const isValue = closedType(answer) !== undefined && (answer.final ?? '').length <= longestValue
  const claims =
    stated.length > 0
      ? stated
      : (isValue ? [answerIs((answer.final ?? '').trim())] : sentences(answer.final)).map((text) => ({
          text,
          kind: 'answer',
          salience: 1,
          confidence: answer.confidence ?? 0.5,
          vector: undefined,
        }))
  return claims
    .map(({ text, kind, salience, confidence, vector }) => {
      const line = text.replace(/\s+/g, ' ').trim()
      return { model, text: line, kind, salience, confidence, traits: traitsOf(line), vector }
    })
    .toSorted(bySalience)
    .slice(0, mostPerModel)
}

/** A model that gave no claims still said something. */
function sentences(final: string | null): string[] {
  return (final ?? '')
    .slice(0, 2_000)
    .split(/(?<=[.!?])\s+|\n+/)
    .map((line) => line.trim().slice(0, 500))
    .filter((line) => line !== '')
    .slice(0, fromFinal)
}

function same(a: Written, b: Written): boolean {
  if (a.traits.folded === b.traits.folded) return true
  const likeness = cosine(a.vector, b.vector)
  const alike = likeness === undefined ? wordLikeness(a.traits, b.traits) >= sameByWords : likeness >= sameByVectors
  return alike && !areApart(a.traits, b.traits)
}

function merged(group: readonly [Written, ...Written[]]): Omit<DocketClaim, 'id'> {
  const [first] = group
  const byModel = new Map<string, Written>()
  for (const claim of group) if (!byModel.has(claim.model)) byModel.set(claim.model, claim)
  const authors = [...byModel.values()].toSorted((a, b) => compareText(a.model, b.model))
  const panelSalience = authors.reduce((sum, { salience }) => sum + salience, 0)
  return {
    text: first.text,
    kind: first.kind,
    salience: panelSalience / authors.length,
    panelSalience,
    authors: authors.map(({ model, confidence }) => ({ model, confidence })),
  }
}

function bySalience(a: Written, b: Written): number {
  return b.salience - a.salience || compareText(a.text, b.text) || compareText(a.model, b.model)
}
