import type { Query } from '../ports.ts'

/** Of the time left, what one stage may take at most, so that the next ones get some too. */
const shareOfTimeLeft = { opening: 0.6, agreement: 0.5, debate: 0.5, synthesis: 0.7 } as const
const leastCallMs = 1_000
const leastRoundMs = 2_500

export type AskingStage = keyof typeof shareOfTimeLeft

/** When a stage that begins now goes on without those who have not answered. */
export function stageDeadline(query: Query, stage: AskingStage, now: Date, turnDeadlineMs: number): Date {
  const share = shareOfTimeLeft[stage] * timeLeft(query, now)
  return new Date(now.getTime() + Math.max(0, Math.min(turnDeadlineMs, share)))
}

export function hasTimeForCall(query: Query, now: Date): boolean {
  return timeLeft(query, now) >= leastCallMs
}

/** Whether there is time for another round of calls and a writer after it. */
export function hasTimeForRound(query: Query, now: Date): boolean {
  return timeLeft(query, now) >= leastRoundMs
}

function timeLeft({ deadlineAt }: Query, now: Date): number {
  return deadlineAt.getTime() - now.getTime()
}
