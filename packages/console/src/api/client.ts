import { accessToken, type Grant } from './access-token.ts'
import { failureOf, RequestFailure } from './request-failure.ts'

export const apiBase = '/api/v1'

type RequestOptions = { body?: unknown; headers?: Record<string, string>; signal?: AbortSignal }

/** What the browser's session needs to know of tokens; the session itself lives in session.ts. */
export const token = accessToken({
  renew: renewByCookie,
  now: () => Date.now(),
  onRefused: () => refusedListeners.forEach((listener) => listener()),
})

const refusedListeners = new Set<() => void>()

export function onSessionRefused(listener: () => void): void {
  refusedListeners.add(listener)
}

/** Sends and reads JSON. Throws a RequestFailure for every answer that is no success, and for none. */
export async function request<Answer>(method: string, path: string, o: RequestOptions = {}): Promise<Answer> {
  const response = await authorizedFetch(path, {
    method,
    headers: {
      accept: 'application/json',
      ...(o.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...o.headers,
    },
    ...(o.body === undefined ? {} : { body: JSON.stringify(o.body) }),
    ...(o.signal ? { signal: o.signal } : {}),
  })
  return readAnswer<Answer>(response)
}

/** As the person who is signed in; a token refused on the way is renewed once. */
export async function authorizedFetch(path: string, init: RequestInit = {}): Promise<Response> {
  const bearer = await token.current()
  const response = await send(path, init, bearer)
  if (response.status !== 401 || !bearer) return response
  const renewed = await token.replace(bearer)
  return renewed ? send(path, init, renewed) : response
}

/** The auth routes that set or use the browser's cookie. */
export async function sendAuth<Answer>(path: string, body: unknown): Promise<Answer> {
  const response = await send(`/auth/${path}`, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', 'x-concord-client': 'console' },
    body: JSON.stringify(body),
  })
  return readAnswer<Answer>(response)
}

async function renewByCookie(): Promise<Grant | 'refused'> {
  return exclusively(async () => {
    try {
      const answer = await sendAuth<{ access_token: string; expires_in: number }>('refresh', {})
      return { token: answer.access_token, expiresInS: answer.expires_in }
    } catch (error) {
      if (error instanceof RequestFailure && error.status >= 400 && error.status < 429 && error.status !== 408)
        return 'refused'
      throw error
    }
  })
}

/** Two pages that turn the same refresh token in would end the session: one after the other, where the browser can. */
async function exclusively<T>(task: () => Promise<T>): Promise<T> {
  // Browsers offer locks on https and localhost only.
  if (!('locks' in navigator)) return task()
  return navigator.locks.request('concord-refresh', task)
}

async function send(path: string, init: RequestInit, bearer?: string): Promise<Response> {
  const headers = new Headers(init.headers)
  if (bearer) headers.set('authorization', `Bearer ${bearer}`)
  try {
    return await fetch(apiBase + path, { ...init, headers, credentials: 'same-origin', cache: 'no-store' })
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new RequestFailure(0, { cause: error })
  }
}

async function readAnswer<Answer>(response: Response): Promise<Answer> {
  if (!response.ok) throw await failureOf(response)
  const text = await response.text()
  return JSON.parse(text === '' ? 'null' : text)
}
