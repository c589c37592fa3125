import { randomBytes } from 'node:crypto'
import { patienceMs } from './patience.ts'

export type ApiAnswer = { status: number; headers: Headers; text: string; body: unknown }

export type ApiRequest = {
  /** Sent as JSON. */
  body?: unknown
  /** Sent as it is. */
  raw?: string | Uint8Array
  headers?: Record<string, string>
}

export type ApiClient = {
  /** Of the mesh, such as `http://localhost:8080`. */
  url: string
  token: string | undefined
  /** `path` is behind `/api/v1`, unless it is a whole address. */
  call(method: string, path: string, request?: ApiRequest): Promise<ApiAnswer>
  get(path: string): Promise<ApiAnswer>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer>
  as(token: string | undefined): ApiClient
}

/** A client of the public API; it knows HTTP and nothing of the mesh. */
export function apiClient(url: string, token?: string): ApiClient {
  const call: ApiClient['call'] = async (method, path, { body, raw, headers = {} } = {}) => {
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body))
    const response = await fetch(path.startsWith('http') ? path : `${url}/api/v1${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: typeof sent === 'string' ? sent : Buffer.from(sent) }),
      signal: AbortSignal.timeout(patienceMs),
    })
    const text = await response.text()
    const json = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : undefined }
  }
  return {
    url,
    token,
    call,
    get: (path) => call('GET', path),
    post: (path, body, headers) =>
      call('POST', path, { ...(body === undefined ? {} : { body }), headers: headers ?? {} }),
    as: (other) => apiClient(url, other),
  }
}

export const testPassword = 'a long and plain password'

/** A new account, and a client that calls as it. */
export async function registerUser(
  api: ApiClient,
): Promise<{ api: ApiClient; id: string; email: string; token: string }> {
  const email = `${randomBytes(6).toString('hex')}@example.org`
  const answer = await api.post('/auth/register', { email, password: testPassword, full_name: 'Ada Tester' })
  if (answer.status !== 201) throw new Error(`registration answered ${answer.status}: ${answer.text}`)
  const token = textAt(answer.body, 'access_token')
  return { api: api.as(token), id: textAt(memberOf(answer.body, 'user'), 'id'), email, token }
}

/** Submits a question and gives its id; throws on anything but 202. */
export async function submitQuery(api: ApiClient, body: object): Promise<string> {
  const answer = await api.post('/queries', body)
  if (answer.status !== 202) throw new Error(`submitting answered ${answer.status}: ${answer.text}`)
  return textAt(answer.body, 'query_id')
}

/** A member of parsed JSON, undefined where there is none. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

export function textAt(value: unknown, name: string): string {
  const member = memberOf(value, name)
  if (typeof member !== 'string') throw new Error(`expected a text at ${name}: ${JSON.stringify(value)}`)
  return member
}
