import { citedSentences } from '@concord/contracts/cited-sentences'
import { foldWords } from './fold-text.ts'
import type { SynthesisBrief } from './model.ts'

export type CheckedSummary = {
  sentences: readonly { text: string; claims: readonly string[] }[]
  dropped: number
  summary: string
  /** Enough of it is left, and it still says the answer. */
  sufficient: boolean
}

/** Keeps the writer's sentences that cite at least one claim, and only claims of the brief. */
export function checkSentences(text: string, brief: SynthesisBrief): CheckedSummary {
  const known = new Set(brief.claims.map(({ id }) => id))
  const written = citedSentences(text)
  const sentences = written.filter(({ claims }) => claims.length > 0 && claims.every((id) => known.has(id)))
  const summary = sentences.map((sentence) => sentence.text).join(' ')
  const dropped = written.length - sentences.length
  const sufficient = sentences.length > 0 && sentences.length >= dropped && saysAnswer(summary, brief.answer)
  return { sentences, dropped, summary, sufficient }
}

const truths = new Set(['yes', 'no', 'true', 'false'])
const longestChecked = 80

function saysAnswer(summary: string, answer: string | null): boolean {
  if (answer === null || truths.has(answer) || answer.length > longestChecked) return true
  const said = digitsTogether(summary)
  const number = /^-?[\d.]+/.exec(answer)?.[0]
  if (number !== undefined) return standsAlone(said, number)
  if (/^[A-Z]$/.test(answer)) return standsAlone(said, answer)
  return summary.includes(answer) || ` ${foldWords(summary)} `.includes(` ${foldWords(answer)} `)
}

function digitsTogether(text: string): string {
  return text.replace(/(?<=\d)[,\u00a0\u202f' ](?=\d{3}(?!\d))/g, '')
}

function standsAlone(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const [before, after] = [text[at - 1] ?? ' ', text.slice(at + word.length, at + word.length + 2)]
    if (!/[\p{L}\d.]/u.test(before) && !/^(?:[\p{L}\d]|[.,]\d)/u.test(after)) return true
  }
  return false
}
