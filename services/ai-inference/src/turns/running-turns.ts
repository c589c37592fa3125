import type { Cancellation } from '../ports.ts'

/** Why a turn's call was ended from outside. */
export class TurnStopped extends Error {
  override readonly name = 'TurnStopped'
  readonly why: 'cancelled' | 'closing'

  constructor(why: 'cancelled' | 'closing') {
    super(`the turn was ended: ${why}`)
    this.why = why
  }
}

/** The turns that this process is asking now. */
export type RunningTurns = {
  /** Begins the work, or joins the work on that turn that is under way already. */
  run(turn: { turnId: string; queryId: string }, work: (signal: AbortSignal) => Promise<void>): Promise<void>
  cancel(cancellation: Cancellation): void
  ids(): string[]
  /** Ends all work without a result, so that another process takes it up. */
  close(): Promise<void>
}

type Entry = { queryId: string; stop: AbortController; work: Promise<void> }

export function runningTurns(): RunningTurns {
  const entries = new Map<string, Entry>()
  let closed = false

  function stopWhere(why: 'cancelled' | 'closing', matches: (turnId: string, queryId: string) => boolean): void {
    for (const [turnId, { queryId, stop }] of entries) if (matches(turnId, queryId)) stop.abort(new TurnStopped(why))
  }

  return {
    run({ turnId, queryId }, work) {
      const present = entries.get(turnId)
      if (present) return present.work
      if (closed) return Promise.reject(new TurnStopped('closing'))
      const stop = new AbortController()
      const running = work(stop.signal).finally(() => entries.delete(turnId))
      entries.set(turnId, { queryId, stop, work: running })
      return running
    },
    cancel(cancellation) {
      stopWhere('cancelled', (turnId, queryId) =>
        'query_id' in cancellation ? cancellation.query_id === queryId : cancellation.turn_ids.includes(turnId),
      )
    },
    ids: () => [...entries.keys()],
    async close() {
      closed = true
      stopWhere('closing', () => true)
      await Promise.allSettled([...entries.values()].map(({ work }) => work))
    },
  }
}
