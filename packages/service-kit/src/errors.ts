import { STATUS_CODES } from 'node:http'
import type { Problem, ProblemError } from '@concord/contracts/problem'
import { isOutage } from './outage.ts'

const statusByCode = {
  'invalid-request': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  conflict: 409,
  gone: 410,
  'too-large': 413,
  'unsupported-media-type': 415,
  unprocessable: 422,
  'rate-limited': 429,
  'head-too-large': 431,
  'upstream-failed': 502,
  unavailable: 503,
  'upstream-timeout': 504,
} as const

export type AppErrorCode = keyof typeof statusByCode

type AppErrorOptions = ErrorOptions & {
  /** The faulty fields, with pointers as in RFC 9457: `#/models/0`. */
  errors?: readonly ProblemError[]
  headers?: Readonly<Record<string, string>>
  /** Seconds, sent as `Retry-After`. */
  retryAfterS?: number
}

/** An error we expect. Anything else that is thrown is a bug, and reaches the caller as an opaque 500. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: AppErrorCode
  readonly errors: readonly ProblemError[] | undefined
  readonly headers: Readonly<Record<string, string>>

  /** `detail` is shown to the caller; whatever must stay private goes into `cause`. */
  constructor(code: AppErrorCode, detail: string, options: AppErrorOptions = {}) {
    super(detail, options)
    this.code = code
    this.errors = options.errors
    this.headers = headersOf(code, options)
  }
}

/** A 400 that names one field of the input. */
export function invalidField(pointer: string, detail: string): AppError {
  return new AppError('invalid-request', `${pointer}: ${detail}`, { errors: [{ pointer, detail }] })
}

/**
 * An error that may be shown: where a dependency cannot be reached a 503 that asks to come again, since who calls can do nothing else
 * about it; any other as it is.
 */
export function outageAsUnavailable<Thrown>(error: Thrown): Thrown | AppError {
  if (error instanceof AppError || !isOutage(error)) return error
  return new AppError('unavailable', 'a dependency cannot be reached at the moment', { cause: error, retryAfterS: 1 })
}

/** RFC 9457 problem for anything thrown: an AppError shows its detail, the framework's own 4xx their message, a bug nothing. */
export function toProblem(thrown: unknown, { instance, traceId }: { instance: string; traceId: string }): Problem {
  const error = outageAsUnavailable(thrown)
  if (error instanceof AppError) {
    const problem = problemOf(error.code, error.message, { instance, traceId })
    return error.errors ? { ...problem, errors: [...error.errors] } : problem
  }
  const framework = frameworkError(error)
  if (framework) return problemOf(framework.code, framework.detail, { instance, traceId })
  return { type: problemType('internal'), title: titleOf(500), status: 500, instance, trace_id: traceId }
}

function problemOf(code: AppErrorCode, detail: string, at: { instance: string; traceId: string }): Problem {
  const status = statusByCode[code]
  return {
    type: problemType(code),
    title: titleOf(status),
    status,
    detail,
    instance: at.instance,
    trace_id: at.traceId,
  }
}

function problemType(code: string): string {
  return `https://concord.dev/problems/${code}`
}

function headersOf(
  code: AppErrorCode,
  { headers = {}, retryAfterS }: AppErrorOptions,
): Readonly<Record<string, string>> {
  return {
    ...(code === 'unauthenticated' ? { 'www-authenticate': 'Bearer realm="concord"' } : {}),
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterS))) }),
    ...headers,
  }
}

const codeByFrameworkStatus: Partial<Record<number, AppErrorCode>> = {
  400: 'invalid-request',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'too-large',
  // A parameter longer than any id of ours.
  414: 'not-found',
  415: 'unsupported-media-type',
  429: 'rate-limited',
  503: 'unavailable',
  504: 'upstream-timeout',
}

/** Fastify marks the errors it raises itself (malformed JSON, body too large) with a code of its own and a 4xx statusCode. */
function frameworkError(error: unknown): { code: AppErrorCode; detail: string } | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || !('code' in error)) return undefined
  if (typeof error.statusCode !== 'number' || typeof error.code !== 'string' || !error.code.startsWith('FST_'))
    return undefined
  const code = codeByFrameworkStatus[error.statusCode]
  return code && { code, detail: error.message }
}

function titleOf(status: number): string {
  return STATUS_CODES[status] ?? 'Error'
}
