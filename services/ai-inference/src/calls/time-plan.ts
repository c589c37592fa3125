import type { ModelError } from './model-error.ts'

/** The moment by which a turn's calls must have ended, so that its failure can still be told before the deadline. */
export function lastMoment(deadlineAt: number, now: number): number {
  return deadlineAt - Math.min(1_000, Math.max(100, (deadlineAt - now) * 0.05))
}

/** How long an attempt may be silent. While another attempt may follow, half of the time is kept for it. */
export function silenceFor({
  leftMs,
  mayRetry,
  silenceMs,
}: {
  leftMs: number
  mayRetry: boolean
  silenceMs: number
}): number {
  return Math.min(silenceMs, mayRetry ? leftMs / 2 : leftMs)
}

/** What an attempt needs at least to be worth making. */
const shortestAttemptMs = 500
/** A provider that is left alone is waited for only when it comes back presently. */
const longestBreakerWaitMs = 2_000

/**
 * Milliseconds to wait before the next attempt, or undefined when there should be none: the error is final, or the time is too
 * short. A provider's own wish is kept, with some jitter on top so that not all come back at once.
 */
export function waitBeforeRetry(
  error: ModelError,
  { attempt, leftMs, random = Math.random }: { attempt: number; leftMs: number; random?: () => number },
): number | undefined {
  if (!error.retryable) return undefined
  const { retryAfterMs } = error
  if (error.reason === 'circuit_open' && (retryAfterMs ?? 0) > longestBreakerWaitMs) return undefined
  const waitMs =
    retryAfterMs === undefined
      ? 250 * 2 ** (attempt - 1) * (0.5 + random())
      : retryAfterMs + random() * Math.min(1_000, 50 + retryAfterMs / 10)
  return waitMs + shortestAttemptMs <= leftMs ? waitMs : undefined
}
