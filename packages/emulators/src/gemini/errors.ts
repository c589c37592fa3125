import type { Failure } from '../wire/wire.ts'

const statuses: Record<Failure['kind'], string> = {
  unauthorized: 'UNAUTHENTICATED',
  invalid: 'INVALID_ARGUMENT',
  unknown_model: 'NOT_FOUND',
  unknown_route: 'NOT_FOUND',
  too_large: 'INVALID_ARGUMENT',
  rate_limited: 'RESOURCE_EXHAUSTED',
  server_error: 'UNAVAILABLE',
}

/** `{"error": {code, message, status, details}}`, Google's error model; a 429 says its delay in `RetryInfo`. */
export function geminiError(failure: Failure): object {
  const details =
    failure.retryAfterS === undefined
      ? []
      : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${failure.retryAfterS}s` }]
  const status = failure.status === 500 ? 'INTERNAL' : statuses[failure.kind]
  return { error: { code: failure.status, message: failure.message, status, details } }
}
