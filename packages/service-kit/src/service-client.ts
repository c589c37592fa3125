import { ServiceToken } from '@concord/contracts/identity'
import { Pool } from 'undici'
import type { z } from 'zod'
import { AppError } from './errors.ts'
import { currentTraceparent } from './trace.ts'
import { inCall } from './traced-call.ts'

type Call<Answer extends z.ZodType> = {
  method?: 'GET' | 'POST' | 'DELETE'
  path: string
  body?: unknown
  answer: Answer
  timeoutMs?: number
}

export type ServiceClient = {
  /** Calls with the service's own token; throws an AppError ('not-found', 'unavailable', 'upstream-failed', 'upstream-timeout'). */
  call<Answer extends z.ZodType>(call: Call<Answer>): Promise<z.output<Answer>>
  close(): Promise<void>
}

export type ServiceTokens = () => Promise<string>

/** Calls another service of the mesh: pooled connections, a deadline, a service token, the current trace. */
export function serviceClient({ baseUrl, tokens }: { baseUrl: string; tokens: ServiceTokens }): ServiceClient {
  const pool = new Pool(baseUrl, { connections: 32, connectTimeout: 2_000 })
  return {
    async call({ method = 'GET', path, body, answer, timeoutMs = 5_000 }) {
      const response = await send(pool, {
        baseUrl,
        method,
        path,
        token: await tokens(),
        timeoutMs,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return answer.parse(response)
    },
    close: () => pool.close(),
  }
}

/** Tokens by client credentials (RFC 6749 §4.4) at auth, asked for once and renewed before they expire. */
export function serviceTokens({
  authUrl,
  clientId,
  clientSecret,
  now = Date.now,
}: {
  authUrl: string
  clientId: string
  clientSecret: string
  now?: () => number
}) {
  const pool = new Pool(authUrl, { connections: 1, connectTimeout: 2_000 })
  let held: Promise<{ token: string; renewAt: number }> | undefined

  async function fetchToken() {
    const body = JSON.stringify({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret })
    const { access_token: token, expires_in: seconds } = ServiceToken.parse(
      await send(pool, { baseUrl: authUrl, method: 'POST', path: '/auth/token', body, timeoutMs: 5_000 }),
    )
    return { token, renewAt: now() + seconds * 800 }
  }

  return {
    async token(): Promise<string> {
      const current = await held?.catch(() => undefined)
      if (current && now() < current.renewAt) return current.token
      const fresh = fetchToken()
      held = fresh
      return (await fresh).token
    },
    close: () => pool.close(),
  }
}

type Sent = { baseUrl: string; method: string; path: string; token?: string; body?: string; timeoutMs: number }

function send(pool: Pool, sent: Sent): Promise<unknown> {
  return inCall(sent, (answered) => exchange(pool, sent, answered))
}

async function exchange(
  pool: Pool,
  { method, path, token, body, timeoutMs }: Sent,
  answered: (status: number) => void,
): Promise<unknown> {
  const traceparent = currentTraceparent()
  const headers = {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(traceparent ? { traceparent } : {}),
  }
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const response = await pool.request({ method, path, headers, signal, ...(body === undefined ? {} : { body }) })
    answered(response.statusCode)
    if (response.statusCode >= 200 && response.statusCode < 300)
      return response.statusCode === 204 ? undefined : await response.body.json()
    await response.body.dump()
    if (response.statusCode === 404) throw new AppError('not-found', 'nothing there')
    throw new AppError(
      response.statusCode >= 500 ? 'unavailable' : 'upstream-failed',
      'a service of the mesh refused the call',
      { cause: new Error(`${path}: ${response.statusCode}`) },
    )
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    const late = cause instanceof DOMException && cause.name === 'TimeoutError'
    throw new AppError(late ? 'upstream-timeout' : 'unavailable', 'a service of the mesh cannot be reached', {
      cause,
      retryAfterS: 1,
    })
  }
}
