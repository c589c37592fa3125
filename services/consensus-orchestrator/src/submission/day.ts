const dayMs = 24 * 60 * 60 * 1_000

/** The UTC day of a moment, such as 2026-11-20. */
export function utcDay(moment: Date): string {
  return moment.toISOString().slice(0, 10)
}

/** Seconds until the next UTC day begins, at least 1. */
export function untilMidnightS(moment: Date): number {
  return Math.max(1, Math.ceil((dayMs - (moment.getTime() % dayMs)) / 1_000))
}
