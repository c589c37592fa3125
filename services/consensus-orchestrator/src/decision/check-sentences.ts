import { foldWords } from './fold-text.ts'
import type { SynthesisBrief } from './model.ts'

export type CheckedSummary = {
  sentences: readonly { text: string; claims: readonly string[] }[]
  dropped: number
  summary: string
  /** Enough of it is left, and it still says the answer. */
  sufficient: boolean
}

type Sentence = { text: string; claims: string[] }

const longestText = 60_000
const mostLines = 200
const longestLine = 4_000
const citation = /^\s*[A-Za-z]\d{1,4}(?:[\s,;]+[A-Za-z]\d{1,4}){0,40}\s*$/
const listMark = /^\s{0,8}(?:[-*•>#]{1,6}|\d{1,3}[.)])\s+/
const onlyMarks = /^[\s.,;:!?)\]»”"'*_-]*$/

/** Keeps the writer's sentences that cite at least one claim, and only claims of the brief. */
export function checkSentences(text: string, brief: SynthesisBrief): CheckedSummary {
  const known = new Set(brief.claims.map(({ id }) => id))
  const written = text
    .slice(0, longestText)
    .split('\n')
    .slice(0, mostLines)
    .flatMap((line) => sentencesOf(line.slice(0, longestLine)))
  const sentences = written.filter(({ claims }) => claims.length > 0 && claims.every((id) => known.has(id)))
  const summary = sentences.map((sentence) => sentence.text).join(' ')
  const dropped = written.length - sentences.length
  const sufficient = sentences.length > 0 && sentences.length >= dropped && saysAnswer(summary, brief.answer)
  return { sentences, dropped, summary, sufficient }
}

/** A line is one sentence or more, each closed by its citation; what stands after the last citation has none. */
function sentencesOf(line: string): Sentence[] {
  const sentences: Sentence[] = []
  const rest = line.replace(listMark, '')
  let from = 0
  for (let open = rest.indexOf('['); open >= 0; open = rest.indexOf('[', open + 1)) {
    const close = rest.indexOf(']', open)
    if (close < 0) break
    const inner = rest.slice(open + 1, close)
    if (close - open > 300 || !citation.test(inner)) continue
    const claims = inner
      .trim()
      .toLowerCase()
      .split(/[\s,;]+/)
    const text = rest.slice(from, open).trim()
    const previous = sentences.at(-1)
    if (text !== '' && !onlyMarks.test(text)) sentences.push({ text: ended(text), claims })
    else previous?.claims.push(...claims)
    from = close + 1
    if (/[.!?]/.test(rest[from] ?? '')) from++
  }
  const uncited = rest.slice(from).trim()
  if (!onlyMarks.test(uncited)) sentences.push({ text: uncited, claims: [] })
  return sentences
}

function ended(text: string): string {
  const sentence = text.replace(/\s{1,100}/g, ' ')
  return /[.!?…:]["'”»)]?$/.test(sentence) ? sentence : `${sentence}.`
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
