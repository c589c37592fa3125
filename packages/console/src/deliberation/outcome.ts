import type { Outcome } from '@concord/contracts/queries'
import { t } from '../i18n/messages.ts'

export function outcomeName(outcome: Outcome): string {
  const names: Record<Outcome, string> = {
    unanimous: t.value.outcomeUnanimous,
    consensus: t.value.outcomeConsensus,
    majority: t.value.outcomeMajority,
    contested: t.value.outcomeContested,
    deadlock: t.value.outcomeDeadlock,
  }
  return names[outcome]
}

export function outcomeText(outcome: Outcome): string {
  const texts: Record<Outcome, string> = {
    unanimous: t.value.outcomeUnanimousText,
    consensus: t.value.outcomeConsensusText,
    majority: t.value.outcomeMajorityText,
    contested: t.value.outcomeContestedText,
    deadlock: t.value.outcomeDeadlockText,
  }
  return texts[outcome]
}

/** A word for a figure: a share alone says little to most of us. */
export function confidenceName(confidence: number): string {
  if (confidence >= 0.95) return t.value.confidenceVeryHigh
  if (confidence >= 0.8) return t.value.confidenceHigh
  return confidence >= 0.6 ? t.value.confidenceFair : t.value.confidenceLow
}
