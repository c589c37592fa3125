import { CancelOutcome } from '@concord/contracts/live-events'
import { Panel } from '@concord/contracts/panel'
import { Problem } from '@concord/contracts/problem'
import { QueryAccepted, QueryDetail } from '@concord/contracts/queries'
import { AppError } from '@concord/service-kit/errors'
import type { AppErrorCode } from '@concord/service-kit/errors'
import type { ServiceClient } from '@concord/service-kit/service-client'
import { currentTraceparent } from '@concord/service-kit/trace'
import { inCall } from '@concord/service-kit/traced-call'
import { Pool } from 'undici'
import type { Dispatcher } from 'undici'
import type { z } from 'zod'
import type { Council } from '../ports.ts'

type Call<Answer extends z.ZodType> = {
  method: 'GET' | 'POST'
  path: string
  token: string
  headers?: Record<string, string>
  body?: unknown
  answer: Answer
  onHeaders?: (headers: Dispatcher.ResponseData['headers']) => void
}

const timeoutMs = 15_000

/** Calls the orchestrator with the caller's own token; a cancellation goes with the gateway's. */
export function orchestratorCouncil({
  baseUrl,
  orchestrator,
}: {
  baseUrl: string
  orchestrator: ServiceClient
}): Council & { close(): Promise<void> } {
  const pool = new Pool(baseUrl, { connections: 32, connectTimeout: 2_000 })
  const ask = <Answer extends z.ZodType>(call: Call<Answer>) =>
    inCall({ method: call.method, baseUrl }, (answered) => send(pool, call, answered))
  return {
    async submit({ token, body, idempotencyKey }) {
      let replayed = false
      const accepted = await ask({
        method: 'POST',
        path: '/api/v1/queries',
        token,
        headers: { 'idempotency-key': idempotencyKey },
        body,
        answer: QueryAccepted,
        onHeaders: (headers) => (replayed = headers['idempotent-replayed'] === 'true'),
      })
      return { ...accepted, replayed }
    },
    async cancel({ queryId, userId }) {
      const path = `/internal/queries/${encodeURIComponent(queryId)}/cancel`
      const body = { user_id: userId }
      await orchestrator.call({ method: 'POST', path, body, answer: CancelOutcome }).catch((error: unknown) => {
        if (!(error instanceof AppError && error.code === 'not-found')) throw error
      })
    },
    deliberation: ({ token, queryId }) =>
      ask({
        method: 'GET',
        path: `/api/v1/queries/${encodeURIComponent(queryId)}`,
        token,
        answer: QueryDetail,
      }),
    panel: ({ token }) => ask({ method: 'GET', path: '/api/v1/panel', token, answer: Panel }),
    close: () => pool.close(),
  }
}

async function send<Answer extends z.ZodType>(
  pool: Pool,
  { method, path, token, headers = {}, body, answer, onHeaders }: Call<Answer>,
  answered: (status: number) => void,
): Promise<z.output<Answer>> {
  const traceparent = currentTraceparent()
  try {
    const response = await pool.request({
      method,
      path,
      headers: {
        ...headers,
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(traceparent ? { traceparent } : {}),
      },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    answered(response.statusCode)
    if (response.statusCode >= 300) throw await refusalOf(response)
    onHeaders?.(response.headers)
    return answer.parse(await response.body.json())
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    if (cause instanceof DOMException && cause.name === 'TimeoutError')
      throw new AppError('upstream-timeout', 'the council took too long to answer', { cause, retryAfterS: 1 })
    throw new AppError('unavailable', 'the council cannot be reached at the moment', { cause, retryAfterS: 1 })
  }
}

const codeByStatus: Partial<Record<number, AppErrorCode>> = {
  400: 'invalid-request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  413: 'too-large',
  422: 'unprocessable',
  429: 'rate-limited',
  503: 'unavailable',
  504: 'upstream-timeout',
}
const passedOn = ['retry-after', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'www-authenticate']

/** A problem of the mesh's own as the error it was, so that the caller reads the same refusal as on `/api/v1`. */
async function refusalOf({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<AppError> {
  const problem = Problem.safeParse(await body.json().catch(() => undefined))
  const code = codeByStatus[statusCode] ?? 'upstream-failed'
  const detail = problem.data?.detail ?? 'the council refused the call'
  const kept = passedOn.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]] as const] : []))
  return new AppError(code, detail, {
    headers: Object.fromEntries(kept),
    cause: new Error(`the orchestrator answered ${statusCode}`),
    ...(problem.data?.errors ? { errors: problem.data.errors } : {}),
  })
}
