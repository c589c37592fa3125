import { LiveEvent } from '@concord/contracts/live-events'
import type { QueryResults } from '@concord/contracts/queries'
import { AppError } from '@concord/service-kit/errors'
import { followQuery } from '../live/follow-query.ts'
import type { Following } from '../live/follow-query.ts'
import type { EventHistory, LiveFeed } from '../ports.ts'

export type FollowDeps = { history: EventHistory; feed: LiveFeed; wait: (ms: number) => Promise<void> }

export type FollowedToEnd = {
  /** Rejects with 'not-found' where the query is gone, with 'upstream-timeout' after `withinMs`. */
  results: Promise<QueryResults>
  /** Asks the history for what the live channel may have lost. */
  repair(): void
  close(): void
}

const longestPauseMs = 5_000

/**
 * Hands a query's events on as they come, durable ones in order and each once, until the last of them brings the results. A history
 * that cannot be read is asked again, ever more slowly.
 */
export function followToEnd(
  { wait, ...live }: FollowDeps,
  query: { queryId: string; userId: string },
  { onEvent, withinMs }: { onEvent: (event: LiveEvent) => void; withinMs: number },
): FollowedToEnd {
  const outcome = Promise.withResolvers<QueryResults>()
  outcome.promise.catch(() => {})
  let closed = false
  let failures = 0
  const late = setTimeout(() => outcome.reject(hasNotEnded(query.queryId)), withinMs)

  function receive(text: string): void {
    const { data: event } = LiveEvent.safeParse(JSON.parse(text))
    if (closed || !event) return
    failures = 0
    onEvent(event)
    if (event.type === 'query_completed' || event.type === 'query_failed' || event.type === 'query_cancelled')
      outcome.resolve(event.data)
  }

  function pause(): Promise<void> {
    failures += 1
    return wait(Math.min(longestPauseMs, 125 * 2 ** failures))
  }

  async function repairLater(): Promise<void> {
    await pause()
    if (!closed) (await started)?.repair()
  }

  async function open(): Promise<Following | undefined> {
    while (!closed) {
      try {
        return await followQuery(live, query, 0, {
          send: receive,
          ended: () => outcome.reject(new AppError('not-found', 'the query is gone')),
          failed: () => void repairLater(),
        })
      } catch {
        await pause()
      }
    }
    return undefined
  }

  const started = open()
  void started.then((following) => {
    if (!following) outcome.reject(new AppError('not-found', 'the query is gone'))
  })
  return {
    results: outcome.promise,
    repair: () => void started.then((following) => following?.repair()),
    close() {
      closed = true
      clearTimeout(late)
      void started.then((following) => following?.close())
    },
  }
}

function hasNotEnded(queryId: string): AppError {
  return new AppError('upstream-timeout', `the query ${queryId} has not ended in its time`)
}
