import type { RetryPolicy } from './bus.ts'
import { describe, PermanentError, UnreachableError } from './errors.ts'

/** What becomes of a message whose handler failed; whether the attempt counts against it. */
export type Verdict = { retryInMs: number; counts: boolean } | { deadBecause: string }

export const maxDelayMs = 900_000

const outagePauseMs = 2_000

const defaults: RetryPolicy = { attempts: 5, delaysMs: [1000, 5000, 30_000, 60_000] }

/** Pure: the same error at the same attempt always has the same verdict. */
export function judge(error: unknown, attempt: number, policy: Partial<RetryPolicy> = {}): Verdict {
  const { attempts, delaysMs } = { ...defaults, ...policy }
  if (error instanceof PermanentError) return { deadBecause: describe(error) }
  if (error instanceof UnreachableError) return { retryInMs: outagePauseMs, counts: false }
  if (attempt >= attempts) return { deadBecause: `failed ${attempt} times, at last with ${describe(error)}` }

  const wait = retryAfterMs(error) ?? delaysMs[Math.min(attempt, delaysMs.length) - 1] ?? 0
  return { retryInMs: Math.min(wait, maxDelayMs), counts: true }
}

function retryAfterMs(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('retryAfterMs' in error)) return undefined
  const wait = error.retryAfterMs
  return typeof wait === 'number' && Number.isFinite(wait) && wait >= 0 ? wait : undefined
}
