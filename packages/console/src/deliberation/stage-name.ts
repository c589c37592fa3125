import { t } from '../i18n/messages.ts'

/** Rounds are numbered from 0, the opening. */
export function stageName(round: number): string {
  return round === 0 ? t.value.stageOpening : t.value.stageDebate(round)
}
