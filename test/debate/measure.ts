import { tactics, type Tactic } from '../../packages/emulators/src/brain/tactics.ts'
import { canonicalise } from '../../services/consensus-orchestrator/src/decision/canonicalise.ts'
import { aCouncil, asked } from './councils.ts'
import { deliberate, type Deliberated } from './deliberate.ts'
import type { GeneratedQuestion } from './questions.ts'

/** Of `questions`, how many came out right by the openings alone and after the debate; `moved` are those that the debate changed. */
export type Measured = {
  tactic: Tactic
  truthful: number
  gullible: boolean
  questions: number
  withoutDebate: number
  withDebate: number
  mended: number
  spoilt: number
}

export type MeasureOptions = { truthful: number; tactic: Tactic; seed: number; wrongRate?: number; gullible?: boolean }

/** One council on all questions. The first measurement of a deliberation is what it would have ended with had there been no debate. */
function measure(questions: readonly GeneratedQuestion[], options: MeasureOptions): Measured {
  const council = aCouncil(options)
  const result = { withoutDebate: 0, withDebate: 0, mended: 0, spoilt: 0 }
  for (const [index, question] of questions.entries()) {
    const held = deliberate(asked(council, question, index), council.brain, tokens(options.seed + index))
    const before = isRight(question, answerBeforeDebate(held))
    const after = isRight(question, held.query.answer)
    result.withoutDebate += Number(before)
    result.withDebate += Number(after)
    result.mended += Number(after && !before)
    result.spoilt += Number(before && !after)
  }
  const { tactic, truthful, gullible = false } = options
  return { tactic, truthful, gullible, questions: questions.length, ...result }
}

/** Every tactic against four and against three truthful models. */
export function measureAll(
  questions: readonly GeneratedQuestion[],
  options: Omit<MeasureOptions, 'truthful' | 'tactic'>,
): Measured[] {
  return [4, 3].flatMap((truthful) => tactics.map((tactic) => measure(questions, { ...options, truthful, tactic })))
}

export function answerBeforeDebate({ events }: Deliberated): string | null {
  const first = events.find((event) => event.type === 'agreement_measured')
  return first?.data.leading ?? null
}

export function isRight({ gold, answerType, choices, language }: GeneratedQuestion, answer: string | null): boolean {
  const context = { answerType, choices, language }
  const [given, right] = [answer, gold].map((final) => canonicalise(final, context)?.key)
  return given !== undefined && given === right
}

/** Bounds for the sections of prompts, 16 hexadecimal digits each, never the same twice in a deliberation. */
export function tokens(seed: number): () => string {
  let made = 0
  return () => (BigInt(seed + 1) * 0x9e3779b97f4a7c15n + BigInt(++made)).toString(16).slice(-16).padStart(16, '0')
}
