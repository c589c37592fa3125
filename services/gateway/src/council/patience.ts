import { AppError } from '@concord/service-kit/errors'
import type { Council, SubmittedQuery } from '../ports.ts'

/** What is needed of a logger; pino's satisfies it. */
export type CouncilLog = {
  warn(details: object, message: string): void
  error(details: object, message: string): void
}
type Patience = { council: Council; wait: (ms: number) => Promise<void>; log: CouncilLog }

const beforeSubmittingAgainMs = [200, 1_000]
const beforeCancellingAgainMs = [200, 500, 1_000, 2_000, 4_000]
const longestWaitS = 2

/**
 * Submits, and asks again with the same key where that may help: an answer that was lost then costs no second query. Only what the first
 * attempt is told is a replay for the caller.
 */
export async function submitPatiently(
  { council, wait }: Patience,
  asked: Parameters<Council['submit']>[0],
): Promise<SubmittedQuery> {
  let lost = false
  for (const pauseMs of beforeSubmittingAgainMs) {
    try {
      const submitted = await council.submit(asked)
      return lost ? { ...submitted, replayed: false } : submitted
    } catch (error) {
      if (!mayPass(error)) throw error
    }
    lost = true
    await wait(pauseMs)
  }
  return { ...(await council.submit(asked)), replayed: false }
}

/** Never rejects: a cancellation that cannot be delivered is logged, and the query ends by its deadline. */
export async function cancelPatiently(
  { council, wait, log }: Patience,
  query: Parameters<Council['cancel']>[0],
): Promise<void> {
  for (const pauseMs of [0, ...beforeCancellingAgainMs]) {
    if (pauseMs > 0) await wait(pauseMs)
    try {
      return await council.cancel(query)
    } catch (err) {
      log.warn({ err, query_id: query.queryId }, 'a query could not be cancelled yet')
    }
  }
  log.error({ query_id: query.queryId }, 'a query whose asker has gone was not cancelled')
}

/** Out of reach for the moment, or the same key still under way; not what asks to come back much later. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof AppError)) return false
  const seconds = Number(error.headers['retry-after'] ?? 0)
  const passing = error.code === 'unavailable' || error.code === 'upstream-timeout'
  return (passing || (error.code === 'conflict' && seconds > 0)) && seconds <= longestWaitS
}
