import type { ProblemError } from '@concord/contracts/problem'

/** What went wrong with a request, as far as a person can be told. `status` is 0 when no answer came. */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure'
  readonly status: number
  readonly title: string | undefined
  readonly errors: readonly ProblemError[]
  readonly retryAfterS: number | undefined
  readonly traceId: string | undefined

  constructor(
    status: number,
    o: {
      title?: string | undefined
      detail?: string | undefined
      errors?: readonly ProblemError[]
      retryAfterS?: number | undefined
      traceId?: string | undefined
      cause?: unknown
    } = {},
  ) {
    super(o.detail ?? '', { cause: o.cause })
    this.status = status
    this.title = o.title
    this.errors = o.errors ?? []
    this.retryAfterS = o.retryAfterS
    this.traceId = o.traceId
  }
}

/** Reads an answer that is no success: a problem document, or whatever stood in its place. */
export async function failureOf(response: Response): Promise<RequestFailure> {
  const problem = await readProblem(response)
  return new RequestFailure(response.status, {
    title: textOf(problem['title']),
    detail: textOf(problem['detail']),
    errors: Array.isArray(problem['errors']) ? problem['errors'].filter(isProblemError) : [],
    retryAfterS: retryAfterOf(response.headers.get('retry-after')),
    traceId: textOf(problem['trace_id']) ?? response.headers.get('x-request-id') ?? undefined,
  })
}

async function readProblem(response: Response): Promise<Record<string, unknown>> {
  try {
    const body: unknown = await response.json()
    return typeof body === 'object' && body !== null ? { ...body } : {}
  } catch {
    return {}
  }
}

/** The header is a number of seconds or a date (RFC 9110, 10.2.3). */
function retryAfterOf(header: string | null): number | undefined {
  if (!header) return undefined
  if (/^\d+$/.test(header)) return Number(header)
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.round((at - Date.now()) / 1000))
}

function isProblemError(value: unknown): value is ProblemError {
  return typeof value === 'object' && value !== null && 'pointer' in value && 'detail' in value
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
