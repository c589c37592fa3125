import { ModelError } from './model-error.ts'

export type AttemptWatch = {
  signal: AbortSignal
  /** A sign of life from the model. */
  alive(): void
  /** Ends the watch and the signal with it: a signal that could still abort keeps all that a provider's client has left on it. */
  close(): void
}

/** A silence shorter than this is no proof that the provider is down. */
const tellingSilenceMs = 10_000

/**
 * Ends an attempt that hangs: `silenceMs` without a sign of life. A model that keeps writing is left to go on until the turn's
 * own signal ends it.
 */
export function watchAttempt(outer: AbortSignal, { silenceMs }: { silenceMs: number }): AttemptWatch {
  const silent = new AbortController()
  const outage = silenceMs >= tellingSilenceMs
  const giveUp = () =>
    silent.abort(new ModelError('timed_out', 'the model stopped answering', { retryable: true, outage }))
  const timer = setTimeout(giveUp, silenceMs)
  return {
    signal: AbortSignal.any([outer, silent.signal]),
    alive: () => void timer.refresh(),
    close() {
      clearTimeout(timer)
      silent.abort()
    },
  }
}

/** Aborts with `timed_out` when a turn's time is up, in `leftMs`. */
export function deadlineSignal(leftMs: number): { signal: AbortSignal; close(): void } {
  const controller = new AbortController()
  const giveUp = () =>
    controller.abort(new ModelError('timed_out', 'no answer came before the deadline', { retryable: false }))
  const timer = setTimeout(giveUp, Math.max(0, Math.min(leftMs, 2 ** 31 - 1)))
  return { signal: controller.signal, close: () => clearTimeout(timer) }
}

/** Settles with the work, or rejects with the signal's reason as soon as it aborts, whatever the work does. */
export async function orAbort<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
