import { signal } from '@preact/signals'
import type { SubmitQuery } from '@concord/contracts/queries'

export type Draft = {
  question: string
  /** Undefined until somebody chooses: the panel's own default then. */
  models: readonly string[] | undefined
  rounds: number
  thresholdPercent: number
  answerType: NonNullable<SubmitQuery['answer_type']>
  choices: string
  effort: NonNullable<SubmitQuery['effort']>
  deadlineS: number
}

const emptyDraft: Draft = {
  question: '',
  models: undefined,
  rounds: 2,
  thresholdPercent: 75,
  answerType: 'auto',
  choices: '',
  effort: 'thorough',
  deadlineS: 120,
}

/** What is being written. It outlives a look at the history, and a session that ended. */
export const draft = signal<Draft>(emptyDraft)

export function changeDraft(change: Partial<Draft>): void {
  draft.value = { ...draft.value, ...change }
}

/** The body to send: what stands at its default is left to the server. */
export function submissionOf(from: Draft, models: readonly string[]): SubmitQuery {
  return {
    query: from.question.trim(),
    models: [...models],
    ...(from.rounds === emptyDraft.rounds ? {} : { debate_rounds: from.rounds }),
    ...(from.thresholdPercent === emptyDraft.thresholdPercent
      ? {}
      : { consensus_threshold: from.thresholdPercent / 100 }),
    ...(from.answerType === 'auto' ? {} : { answer_type: from.answerType }),
    ...(from.answerType === 'choice' ? { choices: choicesOf(from) } : {}),
    ...(from.effort === 'thorough' ? {} : { effort: from.effort }),
    ...(from.deadlineS === emptyDraft.deadlineS ? {} : { deadline_s: from.deadlineS }),
  }
}

export function choicesOf({ choices }: Draft): string[] {
  const lines = choices.split('\n').map((line) => line.trim())
  return [...new Set(lines.filter((line) => line !== ''))]
}
