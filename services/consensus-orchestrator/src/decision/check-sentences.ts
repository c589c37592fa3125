import { citedSentences } from '@concord/contracts/cited-sentences'
import type { SynthesisBrief } from './model.ts'
import { mentions, standsOn } from './stands-on.ts'

export type CheckedSummary = {
  sentences: readonly { text: string; claims: readonly string[] }[]
  dropped: number
  summary: string
  /** Enough of it is left, and it still says the answer. */
  sufficient: boolean
}

/** Keeps the writer's sentences that cite at least one claim, only claims of the brief, and keep to what these say. */
export function checkSentences(text: string, brief: SynthesisBrief): CheckedSummary {
  const known = new Map(brief.claims.map(({ id, text: claim }) => [id, claim]))
  const written = citedSentences(text)
  const sentences = written.filter(({ text: sentence, claims }) => {
    const cited = claims.flatMap((id) => known.get(id) ?? [])
    return claims.length > 0 && cited.length === claims.length && standsOn(sentence, cited, brief)
  })
  const summary = sentences.map((sentence) => sentence.text).join(' ')
  const dropped = written.length - sentences.length
  const sufficient = sentences.length > 0 && sentences.length >= dropped && saysAnswer(summary, brief.answer)
  return { sentences, dropped, summary, sufficient }
}

const truths = new Set(['yes', 'no', 'true', 'false'])
const longestChecked = 80

function saysAnswer(summary: string, answer: string | null): boolean {
  return answer === null || truths.has(answer) || answer.length > longestChecked || mentions(summary, answer)
}
