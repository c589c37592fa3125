import { reasonOf } from '../reach.ts'

export type Answer = { status: number; headers: Headers; body: unknown }

/** The public API as a client from outside sees it. */
export type Client = {
  url: string
  /** Rejects when there is no answer in time. */
  call(o: {
    method?: string
    path: string
    token?: string | undefined
    body?: object
    headers?: Record<string, string>
  }): Promise<Answer>
  /** A stream of Server-Sent Events that has been opened; any other answer rejects. */
  stream(o: { path: string; token: string; after: number; signal: AbortSignal }): Promise<AsyncIterable<string>>
}

const answerWithinMs = 30_000

export function createClient(url: string): Client {
  return {
    url,
    async call({ method = 'GET', path, token, body, headers = {} }) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          accept: 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(answerWithinMs),
      })
      return { status: response.status, headers: response.headers, body: parsed(await response.text()) }
    },
    async stream({ path, token, after, signal }) {
      const response = await fetch(`${url}${path}`, {
        headers: {
          accept: 'text/event-stream',
          authorization: `Bearer ${token}`,
          ...(after > 0 ? { 'last-event-id': String(after) } : {}),
        },
        signal,
      })
      if (response.status === 200 && response.body) return response.body.pipeThrough(new TextDecoderStream())
      await response.body?.cancel()
      throw new Error(`the stream answers ${response.status}`)
    },
  }
}

/** What stands between a client and an answer, in a few words. */
export function whyNot(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${answerWithinMs / 1_000} s`
  return reasonOf(error)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
