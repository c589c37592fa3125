import { canonicalise, type AnswerContext, type Canonical } from '../decision/canonicalise.ts'
import { cluster } from '../decision/cluster.ts'
import type { Settings } from '../decision/model.ts'
import { optionCount } from '../decision/weights.ts'
import type { BallotLine } from './ballot-line.ts'

/** A recorded question as a panel answered it. Lists are in the order of the panel. */
export type Question = {
  dataset: string
  /** Decides folds, anchors and ties; the same for the same question in every run. */
  hash: number
  asked: AskedFor
  /** K */
  options: number
  /** Undefined for a model that was not asked, or whose turn was lost. */
  finals: readonly (string | null | undefined)[]
  confidences: readonly (number | null)[]
  /** Keys of the answers, equal where the answers are. */
  keys: readonly (string | undefined)[]
  right: readonly boolean[]
}

/** What a question asks for, as settings of a decision. */
export type AskedFor = {
  answerType: 'choice' | 'number' | 'boolean'
  choices: Settings['choices']
  asWritten: boolean
}

const language = 'en'
const open: AskedFor = { answerType: 'number', choices: null, asWritten: true }
const number: AskedFor = { answerType: 'number', choices: null, asWritten: false }
const truth: AskedFor = { answerType: 'boolean', choices: null, asWritten: false }
const letters: AskedFor = { answerType: 'choice', choices: null, asWritten: false }
const lettered: readonly AskedFor[] = Array.from({ length: 27 }, (_, count) => ({
  ...letters,
  choices: Array.from({ length: count }, (_unused, index) => String.fromCharCode(65 + index)),
}))

export function questionFrom(line: BallotLine, panel: readonly string[]): Question {
  const asked = askedFor(line)
  const readings: Readings = sharedReadings.get(asked) ?? new Map()
  const read = (final: string) => formOf(namedOption(emptyText(final, asked), line), asked, readings)
  const gold = read(line.gold)
  const finals = panel.map((model) => line.answers.get(model)?.final)
  const forms = finals.map((final) => (final === null || final === undefined ? undefined : read(final)))
  const keys = keysOf(forms)
  return {
    dataset: line.dataset,
    hash: hashOf(`${line.dataset}|${line.id}`),
    asked,
    options: optionCount(asked.answerType, asked.choices, [...new Set(keys.filter((key) => key !== undefined))]),
    finals: finals.map((final) => (typeof final === 'string' ? namedOption(emptyText(final, asked), line) : final)),
    confidences: panel.map((model) => line.answers.get(model)?.confidence ?? null),
    keys,
    right: forms.map((form) => form !== undefined && gold !== undefined && isSame(form, gold)),
  }
}

type Readings = Map<string, Canonical | undefined>

const mostReadings = 20_000
const longestReading = 40
const sharedReadings = new Map(
  [open, number, truth, letters, ...lettered].map((asked): [AskedFor, Readings] => [asked, new Map()]),
)

/** What the question asks for is known to who asks it; recorded, it shows in the options and in the form of the known answer. */
function askedFor(line: BallotLine): AskedFor {
  const { options, gold } = line
  if (Array.isArray(options)) {
    return options.every((option) => formOf(option, open)?.kind === 'boolean')
      ? truth
      : { ...letters, choices: options }
  }
  const form = formOf(emptyText(gold, open), open)
  if (form?.kind === 'boolean') return truth
  if (typeof options === 'number') {
    const known = lettered[options]
    return known !== undefined && formOf(gold, known)?.kind === 'option' ? known : letters
  }
  if (form?.kind === 'option') return letters
  return form?.kind === 'number' || form?.magnitude !== undefined ? number : open
}

/** Most models answer alike, and where the options have no texts so they do from question to question. */
function formOf(final: string, asked: AskedFor, readings = sharedReadings.get(asked)): Canonical | undefined {
  const known = readings?.get(final)
  if (known !== undefined) return known
  const { answerType, choices, asWritten } = asked
  const context: AnswerContext = { answerType: asWritten ? 'auto' : answerType, choices, language }
  const form = canonicalise(final, context)
  if (readings !== undefined && readings.size > mostReadings) readings.clear()
  if (final.length <= longestReading) readings?.set(final, form)
  return form
}

/** An answer that is the empty text is an answer where a value was asked for; null is none. */
function emptyText(final: string, { choices, answerType }: AskedFor): string {
  return choices === null && answerType === 'number' && final.trim() === '' ? "''" : final
}

/** Options that were given names are answered by them. */
function namedOption(final: string, { options, names }: BallotLine): string {
  if (names === null || !Array.isArray(options)) return final
  const bare = final.trim().replace(/^[([]?(\w{1,8})[)\].:]?$/, '$1')
  const at = names.findIndex((name) => name.toLowerCase() === bare.toLowerCase())
  return at < 0 ? final : String(options[at])
}

/** As the decision clusters answers; only those with a unit can be equal under different keys. */
function keysOf(forms: readonly (Canonical | undefined)[]): (string | undefined)[] {
  if (forms.every((form) => form?.magnitude === undefined)) return forms.map((form) => form?.key)
  const clusters = cluster(forms.filter((form) => form !== undefined))
  return forms.map((form) => (form === undefined ? undefined : clusters.get(form.key)?.key))
}

function isSame(a: Canonical, b: Canonical): boolean {
  if (a.key === b.key) return true
  if (a.magnitude === undefined && b.magnitude === undefined) return false
  const clusters = cluster([a, b])
  return clusters.get(a.key)?.key === clusters.get(b.key)?.key
}

/** FNV-1a with a final mixing, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
