import type { DocketClaim, Opening } from './model.ts'
import { closedType } from './answer-form.ts'
import { compareText } from './compare.ts'
import { lexicalLikeness, traitsOf, type Traits } from './likeness.ts'

/** 0..1, or undefined where it is not known: then the lexical measure decides. From embeddings or entailment, asked beforehand. */
export type Similarity = (a: string, b: string) => number | undefined

type Written = { model: string; text: string; kind: string; salience: number; confidence: number; traits: Traits }

const mostPerModel = 12
const sameLexically = 0.8
const sameBySimilarity = 0.9
const fromFinal = 3
const longestValue = 100

/**
 * The claims of all models, duplicates merged, in falling salience. The order of the openings does not matter. `answerIs` puts a closed answer
 * into words, since a bare one cannot be voted on by itself.
 */
export function gatherDocket(
  openings: readonly Opening[],
  similarity?: Similarity,
  answerIs: (answer: string) => string = (answer) => answer,
): DocketClaim[] {
  const written = openings.flatMap((opening) => claimsOf(opening, answerIs)).toSorted(bySalience)
  const groups: [Written, ...Written[]][] = []
  for (const claim of written) {
    const group = groups.find(([first]) => same(first, claim, similarity))
    if (group === undefined) groups.push([claim])
    else group.push(claim)
  }
  return groups
    .map((group) => merged(group))
    .toSorted((a, b) => b.salience - a.salience || compareText(a.text, b.text))
    .map((claim, index) => ({ id: `c${index + 1}`, ...claim }))
}

function claimsOf({ model, answer }: Opening, answerIs: (answer: string) => string): Written[] {
  const stated = answer.claims.filter(({ text }) => text.trim() !== '')
  const isValue = closedType(answer) !== undefined && (answer.final ?? '').length <= longestValue
  const claims =
    stated.length > 0
      ? stated
      : (isValue ? [answerIs((answer.final ?? '').trim())] : sentences(answer.final)).map((text) => ({
          text,
          kind: 'answer',
          salience: 1,
          confidence: answer.confidence ?? 0.5,
        }))
  return claims
    .map(({ text, kind, salience, confidence }) => {
      const line = text.replace(/\s+/g, ' ').trim()
      return { model, text: line, kind, salience, confidence, traits: traitsOf(line) }
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

function same(a: Written, b: Written, similarity: Similarity | undefined): boolean {
  if (a.traits.folded === b.traits.folded) return true
  const known = similarity?.(a.text, b.text)
  return known === undefined ? lexicalLikeness(a.traits, b.traits) >= sameLexically : known >= sameBySimilarity
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
