import { createBrain, type Brain } from '../../packages/emulators/src/brain/brain.ts'
import type { Tactic } from '../../packages/emulators/src/brain/tactics.ts'
import { createWrongness } from '../../packages/emulators/src/brain/wrongness.ts'
import type { Query } from '../../services/consensus-orchestrator/src/ports.ts'
import { anEntry, aQuery, someSettings } from '../../services/consensus-orchestrator/test/builders.ts'
import type { GeneratedQuestion } from './questions.ts'

/** Models that answer as well as they can, each wrong on a share of the questions of its own. */
export type Council = { truthful: readonly string[]; liar: string; brain: Brain }

type Options = {
  truthful: number
  tactic: Tactic
  seed: number
  /** Share of the questions on which a truthful model is wrong. */
  wrongRate?: number
  gullible?: boolean
  /** False has the liar be as truthful as the others. */
  lies?: boolean
}

const names = ['gpt5', 'claude', 'gemini', 'llama']

/** Truthful models are right but for `wrongRate` of the questions, and all wrong ones go wrong in the same way as the liar does. */
export function aCouncil({
  truthful: count,
  tactic,
  seed,
  wrongRate = 0.25,
  gullible = false,
  lies = true,
}: Options): Council {
  const truthful = names.slice(0, count)
  const liar = 'grok'
  const wrongness = createWrongness({ seed, rate: 0 })
  for (const model of truthful) wrongness.set({ model, rate: wrongRate, gullible })
  wrongness.set(lies ? { model: liar, rate: 1, liar: true, tactic } : { model: liar, rate: wrongRate })
  return { truthful, liar, brain: createBrain({ seed, recordings: () => undefined, wrongness }) }
}

/** The question as this council is asked it; the liar sits anywhere. */
export function asked(
  { truthful, liar }: Pick<Council, 'truthful' | 'liar'>,
  question: GeneratedQuestion,
  index: number,
): Query {
  const seats = [...truthful]
  seats.splice(index % (seats.length + 1), 0, liar)
  const { text, answerType, choices, language } = question
  return aQuery({
    id: `qry_${String(index).padStart(32, '0')}`,
    question: text,
    settings: someSettings({ answer_type: answerType, choices, language, debate_rounds: 2 }),
    panel: seats.map((model) => anEntry(model)),
  })
}
