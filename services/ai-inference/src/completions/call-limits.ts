import type { ServerResponse } from 'node:http'
import { ModelError } from '../calls/model-error.ts'
import { DoorError } from '../door/door-error.ts'

/** The caller went away, or does not read: nobody is to be told. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone'
}

export type CallWatch = {
  signal: AbortSignal
  /** Milliseconds since 1970 by which the call ends. */
  endAt: number
  close(): void
}

export type CallWatches = {
  /** A place among the user's calls; throws a 429 when all are taken. Aborts when the caller goes away or the time is up. */
  open(userId: string, reply: { raw: ServerResponse }): CallWatch
  /** Ends the calls that are still under way after `stopGraceMs`, so that a server that stops need not wait for them. */
  stop(): void
  stopping(): boolean
}

/** Keeps the calls under way within their limits. */
export function callWatches({
  perUser,
  timeoutMs,
  stopGraceMs,
}: {
  perUser: number
  timeoutMs: number
  stopGraceMs: number
}): CallWatches {
  const running = new Map<string, number>()
  const controllers = new Set<AbortController>()
  let stopping = false

  return {
    open(userId, { raw }) {
      const taken = running.get(userId) ?? 0
      if (taken >= perUser)
        throw new DoorError('rate-limited', `More than ${perUser} calls at a time.`, {
          code: 'rate_limit_exceeded',
          retryAfterS: 1,
        })
      running.set(userId, taken + 1)
      const controller = new AbortController()
      controllers.add(controller)
      const onClose = () => {
        if (!raw.writableFinished) controller.abort(new CallerGone('the caller went away'))
      }
      raw.once('close', onClose)
      const giveUp = () =>
        controller.abort(new ModelError('timed_out', 'the model did not answer in time', { retryable: false }))
      const timer = setTimeout(giveUp, timeoutMs)
      return {
        signal: controller.signal,
        endAt: Date.now() + timeoutMs,
        close() {
          clearTimeout(timer)
          raw.off('close', onClose)
          controllers.delete(controller)
          const left = (running.get(userId) ?? 1) - 1
          if (left > 0) running.set(userId, left)
          else running.delete(userId)
        },
      }
    },
    stop() {
      stopping = true
      const end = () => {
        const reason = new ModelError('cancelled', 'the server is stopping', { retryable: false })
        for (const controller of controllers) controller.abort(reason)
      }
      setTimeout(end, stopGraceMs).unref()
    },
    stopping: () => stopping,
  }
}
