import type { OpenAiError } from '@concord/contracts/chat-completions'
import { AppError, toProblem } from '@concord/service-kit/errors'
import type { AppErrorCode } from '@concord/service-kit/errors'
import { currentTrace } from '@concord/service-kit/trace'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Under `/v1`, where errors have OpenAI's shape. */
export function isDoor(url: string): boolean {
  return /^\/v1(?:[/?]|$)/.test(url)
}

type Told = {
  param?: string | undefined
  code?: string
  type?: string
  headers?: Readonly<Record<string, string>>
  cause?: unknown
}

const told = new WeakMap<Error, Told>()

/** An AppError that says by OpenAI's own words what is wrong; `param` is a path such as `messages[0].content`. */
export function doorError(code: AppErrorCode, message: string, o: Told = {}): AppError {
  const headers = { ...o.headers, ...(isHopeless(o) ? { 'x-should-retry': 'false' } : {}) }
  const error = new AppError(code, message, { headers, ...(o.cause === undefined ? {} : { cause: o.cause }) })
  told.set(error, o)
  return error
}

/** The official clients ask again after 429 and 5xx unless they are told that it is of no use. */
function isHopeless({ type, code }: Told): boolean {
  return type === 'insufficient_quota' || code === 'query_failed' || code === 'query_cancelled'
}

export function wrongParameter(param: string | undefined, message: string, code = 'invalid_value'): AppError {
  return doorError('invalid-request', message, { param, code })
}

/** As https://platform.openai.com/docs/guides/error-codes has them, and the official clients make classes of. */
const wordsByStatus: Record<number, { type: string; code: string | null }> = {
  400: { type: 'invalid_request_error', code: null },
  401: { type: 'authentication_error', code: 'invalid_api_key' },
  403: { type: 'permission_error', code: 'insufficient_permissions' },
  404: { type: 'invalid_request_error', code: 'not_found' },
  409: { type: 'invalid_request_error', code: 'conflict' },
  413: { type: 'invalid_request_error', code: 'request_too_large' },
  415: { type: 'invalid_request_error', code: 'unsupported_media_type' },
  422: { type: 'invalid_request_error', code: null },
  429: { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  502: { type: 'server_error', code: 'upstream_failed' },
  503: { type: 'server_error', code: 'unavailable' },
  504: { type: 'server_error', code: 'timeout' },
}
const internal = { type: 'server_error', code: 'internal_error' }

/** Status and error object of whatever was thrown; of a bug nothing but that there was one. */
export function toOpenAiError(thrown: unknown): { status: number; error: OpenAiError['error'] } {
  const { status, detail, errors } = toProblem(thrown, { instance: '', traceId: '' })
  const { type, code } = wordsByStatus[status] ?? internal
  const own = thrown instanceof Error ? told.get(thrown) : undefined
  return {
    status,
    error: {
      message: detail ?? 'The server had an error while processing your request.',
      type: own?.type ?? type,
      param: own?.param ?? paramOf(errors?.[0]?.pointer),
      code: own?.code ?? code,
    },
  }
}

/** `#/messages/0/content` as OpenAI writes it: `messages[0].content`. */
function paramOf(pointer: string | undefined): string | null {
  const path = pointer?.replace(/^#\/?/, '') ?? ''
  if (path === '') return null
  return path
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((whole, part) => (/^\d+$/.test(part) ? `${whole}[${part}]` : whole === '' ? part : `${whole}.${part}`), '')
}

/** Answers with an error in OpenAI's shape, and logs it once. */
export function sendDoorError(thrown: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, error } = toOpenAiError(thrown)
  request.log[status >= 500 ? 'error' : 'info']({ err: thrown, status }, error.message)
  if (thrown instanceof AppError) void reply.headers(thrown.headers)
  return reply.code(status).type('application/json; charset=utf-8').serializer(JSON.stringify).send({ error })
}

/** An address that there is not is a problem as everywhere, and an error as OpenAI's clients read it. */
export function sendNoSuchAddress(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const instance = request.originalUrl.split('?', 1)[0] ?? request.originalUrl
  const message = `Invalid URL (${request.method} ${instance.slice(0, 200)})`
  const problem = toProblem(new AppError('not-found', 'there is nothing at this address'), {
    instance,
    traceId: currentTrace()?.traceId ?? '',
  })
  const error: OpenAiError['error'] = { message, type: 'invalid_request_error', param: null, code: 'unknown_url' }
  return reply
    .code(404)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send({ error, ...problem })
}
