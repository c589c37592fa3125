import type { OpenAiError } from '@concord/contracts/chat-completions'
import type { TurnFailure } from '@concord/contracts/turns'
import { AppError, toProblem } from '@concord/service-kit/errors'
import { ModelError } from '../calls/model-error.ts'
import { DoorError } from './door-error.ts'

export type ErrorAnswer = { status: number; headers: Readonly<Record<string, string>>; body: OpenAiError }

/** Anything thrown, as OpenAI's clients read it. A provider's own words are never among it, and of a bug nothing is. */
export function toOpenAiError(thrown: unknown): ErrorAnswer {
  if (thrown instanceof ModelError) return ofModel(thrown)
  const problem = toProblem(thrown, { instance: '', traceId: '' })
  const { status, detail = 'The server had an error while processing the request.' } = problem
  const given = thrown instanceof DoorError ? thrown.openAi : undefined
  return {
    status,
    headers: thrown instanceof AppError ? thrown.headers : {},
    body: {
      error: {
        message: detail,
        type: given?.type ?? typeOf(status),
        param: given?.param ?? paramOf(thrown),
        code: given?.code ?? codes[status] ?? null,
      },
    },
  }
}

type Verdict = { status: number; code: string }

const verdicts: Record<TurnFailure, Verdict> = {
  rate_limited: { status: 429, code: 'rate_limit_exceeded' },
  upstream_error: { status: 502, code: 'upstream_error' },
  stream_cut: { status: 502, code: 'upstream_cut_off' },
  malformed_output: { status: 502, code: 'upstream_malformed' },
  timed_out: { status: 504, code: 'upstream_timeout' },
  refused_connection: { status: 503, code: 'upstream_unreachable' },
  refused_content: { status: 400, code: 'content_filter' },
  unconfigured: { status: 503, code: 'model_unavailable' },
  circuit_open: { status: 503, code: 'model_unavailable' },
  cancelled: { status: 503, code: 'cancelled' },
}

function ofModel(error: ModelError): ErrorAnswer {
  const refused = refusalOf(error)
  const { status, code } = refused ?? verdicts[error.reason]
  const { retryAfterMs } = error
  return {
    status,
    headers: retryAfterMs === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) },
    body: { error: { message: error.message, type: typeOf(status), param: refused?.param ?? null, code } },
  }
}

/** A provider that calls the request wrong: it is the caller's, so the caller is told which parameter, where the provider said so. */
function refusalOf({ reason, retryable, cause }: ModelError): (Verdict & { param: string | null }) | undefined {
  if (reason !== 'upstream_error' || retryable || typeof cause !== 'object' || cause === null) return undefined
  const { status, code, param } = Object.fromEntries(Object.entries(cause))
  if (status !== 400 && status !== 413 && status !== 422) return undefined
  return {
    status: 400,
    code: typeof code === 'string' && /^[a-z][a-z0-9_]{0,63}$/.test(code) ? code : 'upstream_refused',
    param: typeof param === 'string' && /^[\w.[\]-]{1,100}$/.test(param) ? param : null,
  }
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_error'
  return status < 500 ? 'invalid_request_error' : 'server_error'
}

const codes: Partial<Record<number, string>> = {
  401: 'invalid_api_key',
  403: 'insufficient_permissions',
  413: 'request_too_large',
  429: 'rate_limit_exceeded',
  503: 'unavailable',
}

/** `#/messages/0/content` is `messages[0].content` here. */
function paramOf(thrown: unknown): string | null {
  const pointer = thrown instanceof AppError ? thrown.errors?.[0]?.pointer : undefined
  return pointer === undefined || pointer === '#' ? null : toParam(pointer.slice(2).split('/'))
}

export function toParam(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (/^\d+$/.test(String(step)) ? `[${String(step)}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '')
    .slice(0, 200)
}
