import { ModelError } from '../calls/model-error.ts'
import type { Usage } from '../ports.ts'

type Circumstances = {
  provider: string
  signal: AbortSignal
  /** Some of the answer had come: then a lost connection is a cut stream. */
  answering: boolean
  usage?: Usage | undefined
}

/**
 * What a provider's SDK threw, as a ModelError: by status where the provider answered, else as a lost connection. An abort stays
 * the abort's own reason. Messages of providers may repeat the prompt or the key, so they stay in `cause`.
 */
export function toModelError(error: unknown, { provider, signal, answering, usage }: Circumstances): unknown {
  if (signal.aborted) return signal.reason
  if (error instanceof ModelError) return error
  const status = statusOf(error)
  if (status !== undefined) return byStatus(status, { provider, usage, cause: error })
  const shared = { retryable: true, usage, cause: error }
  if (isProviderVerdict(error)) return new ModelError('upstream_error', `${provider} broke off its answer`, shared)
  if (answering) return new ModelError('stream_cut', `${provider} cut its answer off`, shared)
  return new ModelError('refused_connection', `${provider} cannot be reached`, shared)
}

function byStatus(
  status: number,
  { provider, usage, cause }: { provider: string; usage: Usage | undefined; cause: unknown },
): ModelError {
  if (status === 429) {
    const detail = `${provider} limits the rate of calls (429)`
    return new ModelError('rate_limited', detail, { retryable: true, retryAfterMs: retryAfterMs(cause), usage, cause })
  }
  if (status === 401 || status === 403) {
    return new ModelError('unconfigured', `${provider} refused the configured key (${status})`, {
      retryable: false,
      usage,
      cause,
    })
  }
  const passing = status >= 500 || status === 408 || status === 409
  const detail = passing ? `${provider} failed (${status})` : `${provider} refused the request (${status})`
  return new ModelError('upstream_error', detail, {
    retryable: passing,
    retryAfterMs: passing ? retryAfterMs(cause) : undefined,
    usage,
    cause,
  })
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined
  return typeof error.status === 'number' ? error.status : undefined
}

/** An error event inside a stream carries the provider's error object, but no status. */
function isProviderVerdict(error: unknown): boolean {
  return error instanceof Error && 'error' in error && typeof error.error === 'object' && error.error !== null
}

/** From `retry-after-ms` or `Retry-After` (seconds or a date), or from Google's RetryInfo in the error's body. */
export function retryAfterMs(error: unknown, now = Date.now()): number | undefined {
  const headers =
    error instanceof Error && 'headers' in error && error.headers instanceof Headers ? error.headers : undefined
  const milliseconds = Number(headers?.get('retry-after-ms') ?? Number.NaN)
  if (milliseconds >= 0) return milliseconds
  const after = headers?.get('retry-after') ?? undefined
  if (after !== undefined) {
    const seconds = Number(after)
    const wait = Number.isNaN(seconds) ? Date.parse(after) - now : seconds * 1_000
    return Number.isNaN(wait) ? undefined : Math.max(0, wait)
  }
  const [, delay] = (error instanceof Error && /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(error.message)) || []
  return delay === undefined ? undefined : Number(delay) * 1_000
}
