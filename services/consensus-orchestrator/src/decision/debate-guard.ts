import type { Topic } from './model.ts'
import { quotationOccurs } from './quotation.ts'

export const fullShare = 0.5
const unearnedShare = 0.25

/**
 * What a change of mind counts. It is earned by quoting a step that was read; where it joins the majority, the step must not be the
 * majority's own, since repeating what most say names no error.
 */
export function judgeChange(
  topic: Topic,
  quotation: string | null,
  destination: { position: string; isMajority: boolean },
): { latestShare: number; errorQuoted: string | null } {
  const faulted = [topic.own, ...topic.opposing].filter(({ position }) => position !== destination.position)
  const faults = faulted.some(({ argument }) => quotationOccurs(quotation, argument))
  const occurs = faults || [topic.own, ...topic.opposing].some(({ argument }) => quotationOccurs(quotation, argument))
  const earned = faults || (occurs && !destination.isMajority)
  return { latestShare: earned ? fullShare : unearnedShare, errorQuoted: occurs ? quotation : null }
}

const saysSomething = 40

/** A fresh reason replaces the old one as the model's argument unless it is a mere "I stay with my answer". */
export function argumentAfter(before: string, reason: string, changed: boolean): string {
  const fresh = reason.trim()
  return fresh !== '' && (changed || fresh.length >= saysSomething) ? fresh : before
}
