import type { Failure } from '../wire/wire.ts'

const types: Record<Failure['kind'], { type: string; code: string | null }> = {
  unauthorized: { type: 'invalid_request_error', code: 'invalid_api_key' },
  invalid: { type: 'invalid_request_error', code: null },
  unknown_model: { type: 'invalid_request_error', code: 'model_not_found' },
  unknown_route: { type: 'invalid_request_error', code: null },
  too_large: { type: 'invalid_request_error', code: 'request_too_large' },
  rate_limited: { type: 'requests', code: 'rate_limit_exceeded' },
  server_error: { type: 'server_error', code: null },
}

/** `{"error": {message, type, param, code}}`, as OpenAI's SDK unpacks it. */
export function openAiError(failure: Failure): object {
  return { error: { message: failure.message, param: failure.param ?? null, ...types[failure.kind] } }
}
