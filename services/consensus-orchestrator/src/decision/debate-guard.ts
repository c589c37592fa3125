import type { Topic } from './model.ts'
import { quotationOccurs } from './quotation.ts'

export const fullShare = 0.5
const unearnedShare = 0.25

/**
 * What a change of mind counts. It is earned by quoting the step that is wrong in what the reader leaves: in its own argument, in the claim that
 * it gives up, or, where it held nothing, in a position that it turns down. The words of those it joins name no error, however they press.
 */
export function judgeChange(
  topic: Topic,
  quotation: string | null,
  destination: string,
): { latestShare: number; errorQuoted: string | null } {
  const { claim, own, opposing } = topic
  const left = own.position === '' ? opposing.filter(({ position }) => position !== destination) : [own]
  const faulted = left.map(({ argument }) => argument)
  if (claim !== null && destination === 'disagree') faulted.push(claim.text)
  const read = [own.argument, ...opposing.map(({ argument }) => argument), claim?.text ?? '']
  const occurs = read.some((text) => quotationOccurs(quotation, text))
  const earned = faulted.some((text) => quotationOccurs(quotation, text))
  return { latestShare: earned ? fullShare : unearnedShare, errorQuoted: occurs ? quotation : null }
}

const saysSomething = 40

/** A fresh reason replaces the old one as the model's argument unless it is a mere "I stay with my answer". */
export function argumentAfter(before: string, reason: string, changed: boolean): string {
  const fresh = reason.trim()
  return fresh !== '' && (changed || fresh.length >= saysSomething) ? fresh : before
}
