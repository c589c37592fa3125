import type { DeadLetterChoice } from '@concord/messaging/bus'
import { UsageError } from '../plain-error.ts'

export type ChoiceOptions = { handler?: string; all?: boolean }

/** Which dead letters are meant. One of id, `--handler` and `--all` has to be there, so that nobody means all by forgetting one. */
export function chooseLetters(id: string | undefined, { handler, all }: ChoiceOptions): DeadLetterChoice {
  if (all && (id !== undefined || handler !== undefined))
    throw new UsageError('--all stands alone: leave out the id and --handler, or leave out --all.')
  if (!all && id === undefined && handler === undefined)
    throw new UsageError('Say which: an id, --handler <name>, or --all; `concord dlq list` shows what there is.')
  return { handler, id }
}

/** The choice in words, for questions and answers. */
export function inWords({ handler, id }: DeadLetterChoice): string {
  const whose = handler === undefined ? '' : ` of ${handler}`
  return id === undefined ? `all dead letters${whose}` : `the dead letter ${id}${whose}`
}
