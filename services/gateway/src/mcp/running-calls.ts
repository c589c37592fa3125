import type { CallCancels } from '../ports.ts'

/** Where a call belongs: ids of requests are unique within a session only, and sessions are their user's. */
type CallAt = { userId: string; session: string; id: string | number }

export type RunningCalls = {
  /** `stop` is called when the client cancels the call, at whichever gateway the word of it comes in. */
  begin(call: CallAt, stop: () => void): () => void
  cancel(call: CallAt): Promise<void>
}

/**
 * The calls that this gateway is answering. A cancellation comes as a request of its own, which may reach another replica: all of them
 * are told, and the one that has the call ends it.
 */
export function runningCalls(cancels: CallCancels): RunningCalls {
  const running = new Map<string, Set<() => void>>()
  const stopAll = (name: string) => {
    for (const stop of running.get(name) ?? []) stop()
  }
  cancels.onCancel(stopAll)
  return {
    begin(call, stop) {
      const name = nameOf(call)
      const own = running.get(name) ?? new Set()
      running.set(name, own.add(stop))
      return () => {
        own.delete(stop)
        if (own.size === 0 && running.get(name) === own) running.delete(name)
      }
    },
    async cancel(call) {
      stopAll(nameOf(call))
      await cancels.announce(nameOf(call))
    },
  }
}

function nameOf({ userId, session, id }: CallAt): string {
  return JSON.stringify([userId, session, id])
}
