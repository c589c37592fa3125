import type { Failure } from '../wire/wire.ts'

const types: Record<Failure['kind'], string> = {
  unauthorized: 'authentication_error',
  invalid: 'invalid_request_error',
  unknown_model: 'not_found_error',
  unknown_route: 'not_found_error',
  too_large: 'request_too_large',
  rate_limited: 'rate_limit_error',
  server_error: 'api_error',
}

/** `{"type": "error", "error": {type, message}, "request_id"}`; 529 is Anthropic's own status for an overload. */
export function anthropicError(failure: Failure, requestId: string): object {
  const type = failure.status === 529 ? 'overloaded_error' : types[failure.kind]
  return { type: 'error', error: { type, message: failure.message }, request_id: requestId }
}
