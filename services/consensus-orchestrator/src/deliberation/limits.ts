import type { Query, ReadTurn } from '../ports.ts'

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

/**
 * The deadline of an open stage after a time in which nobody was there, from `last` to `now`: later by as much of that time as the stage was
 * open, but never later than that of a stage that begins now, so that the query's own deadline holds. Undefined where nothing changes.
 */
export function givenBack(
  query: Query,
  { last, now }: { last: Date | undefined; now: Date },
  turnDeadlineMs: number,
): Date | undefined {
  const { stage, stageStartedAt, stageDeadlineAt } = query
  if (stage === 'done' || stageDeadlineAt === null) return undefined
  const absentMs = now.getTime() - Math.max(last?.getTime() ?? 0, stageStartedAt.getTime())
  const latest = stageDeadline(query, stage, now, turnDeadlineMs).getTime()
  const deadline = Math.min(stageDeadlineAt.getTime() + absentMs, latest)
  return deadline > stageDeadlineAt.getTime() ? new Date(deadline) : undefined
}

export function hasTimeForCall(query: Query, now: Date): boolean {
  return timeLeft(query, now) >= leastCallMs
}

/** Whether there is time for another round of calls and a writer after it. */
export function hasTimeForRound(query: Query, now: Date): boolean {
  return timeLeft(query, now) >= leastRoundMs
}

/** Whether the models not asked yet could answer one after the other, each as slow as the slowest so far, and a writer after them. */
export function hasTimeForEach(query: Query, openings: readonly ReadTurn[], now: Date): boolean {
  const took = openings.map(({ requestedAt, completedAt }) => (completedAt ?? now).getTime() - requestedAt.getTime())
  const calls = query.panel.length - openings.length + 1
  return timeLeft(query, now) >= calls * Math.max(leastCallMs, ...took)
}

function timeLeft({ deadlineAt }: Query, now: Date): number {
  return deadlineAt.getTime() - now.getTime()
}
