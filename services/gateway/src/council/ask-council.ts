import { randomUUID } from 'node:crypto'
import type { LiveEvent } from '@concord/contracts/live-events'
import type { QueryAccepted, QueryResults, SubmitQuery } from '@concord/contracts/queries'
import { AppError } from '@concord/service-kit/errors'
import type { Caller } from '../edge/identify.ts'
import type { Connections } from '../live/connections.ts'
import type { Council } from '../ports.ts'
import { followToEnd } from './follow-to-end.ts'
import type { FollowDeps, FollowedToEnd } from './follow-to-end.ts'
import { cancelPatiently, submitPatiently } from './patience.ts'
import type { CouncilLog } from './patience.ts'

/**
 * Asks the council a question in the caller's name and waits for the end: gives the results of the query, be it completed, failed or
 * cancelled. `onEvent` hears its live events, durable ones in order, deltas as they come.
 *
 * Rejects with the orchestrator's refusal as an AppError; with 'rate-limited' where the caller holds too many live connections, of which
 * this is one; with 'unavailable' when the gateway goes down and 'unauthenticated' when the caller's session ends, while the query goes
 * on. An abort rejects with the signal's reason at once and cancels the query, also one that was still on its way to the orchestrator.
 */
export type AskCouncil = (asked: {
  caller: Caller
  body: SubmitQuery
  signal: AbortSignal
  idempotencyKey?: string
  /** The key had been used before: what follows is the query of then. */
  onReplay?: () => void
  onEvent?: (event: LiveEvent) => void
}) => Promise<QueryResults>

type CouncilDeps = FollowDeps & { council: Council; connections: Connections; log: CouncilLog }

const deadlineByDefaultS = 120
const graceS = 60

/** `close` waits for cancellations that are under way. */
export function councilClient(deps: CouncilDeps): { ask: AskCouncil; close(): Promise<void> } {
  const cancelling = new Set<Promise<void>>()

  /** What an asker who goes away leaves behind, whether or not the orchestrator has answered yet. */
  function cancelOnce(submitted: Promise<QueryAccepted>, userId: string): () => void {
    return function cancel() {
      const work = submitted
        .then(({ query_id: queryId }) => cancelPatiently(deps, { queryId, userId }))
        .catch(() => {})
        .finally(() => cancelling.delete(work))
      cancelling.add(work)
    }
  }

  const ask: AskCouncil = async ({
    caller,
    body,
    signal,
    idempotencyKey = randomUUID(),
    onReplay,
    onEvent = () => {},
  }) => {
    signal.throwIfAborted()
    const userId = caller.principal.sub
    const broken = new AbortController()
    const gone = AbortSignal.any([signal, broken.signal])
    const place = takePlace(deps.connections, caller)
    const stop = AbortSignal.any([gone, place.cutOff])
    const submitted = submitPatiently(deps, { token: caller.token, body, idempotencyKey })
    submitted.catch(() => {})
    const cancel = cancelOnce(submitted, userId)
    gone.addEventListener('abort', cancel, { once: true })
    let followed: FollowedToEnd | undefined
    try {
      const { query_id: queryId, replayed } = await unlessAborted(submitted, stop)
      if (replayed === true) onReplay?.()
      const tell = guarded(onEvent, broken)
      const withinMs = ((body.deadline_s ?? deadlineByDefaultS) + graceS) * 1_000
      followed = followToEnd(deps, { queryId, userId }, { onEvent: tell, withinMs })
      place.follows(queryId, followed.repair)
      return await unlessAborted(followed.results, stop)
    } finally {
      gone.removeEventListener('abort', cancel)
      followed?.close()
      place.leave()
    }
  }
  return {
    ask,
    async close() {
      await Promise.all(cancelling)
    },
  }
}

/** A place among the caller's live connections, with their heartbeat and their end. */
function takePlace(connections: Connections, { principal }: Caller) {
  const cutOff = new AbortController()
  let beat = () => {}
  let goesOn = ''
  const leave = connections.open({
    principal,
    outlivesToken: true,
    beat: () => beat(),
    cutOff: (reason, code) => cutOff.abort(new AppError(code, `${reason}${goesOn}`, { retryAfterS: 1 })),
  })
  return {
    leave,
    cutOff: cutOff.signal,
    follows(queryId: string, repair: () => void) {
      beat = repair
      goesOn = `; the query ${queryId} goes on`
    },
  }
}

/** A listener that throws has gone. */
function guarded(onEvent: (event: LiveEvent) => void, broken: AbortController): (event: LiveEvent) => void {
  return function tell(event) {
    try {
      onEvent(event)
    } catch (error) {
      broken.abort(error)
    }
  }
}

async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
