import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** How the fake treats the query of a place, counted from 0 in the order in which keys are first seen. */
export type Lie =
  | 'honest'
  /** Accepts it and knows nothing of it afterwards. */
  | 'forgets'
  /** Takes it, and cuts the connection instead of answering, once. */
  | 'drops-answer'
  /** Cuts the stream before the end, once. */
  | 'breaks-stream'
  /** Never ends it. */
  | 'hangs'
  | 'fails'

type Kept = { id: string; lie: Lie; told: number }
export type LyingMesh = {
  url: string
  accounts(): number
  /** Different keys seen, and submissions in all. */
  seen(): { keys: number; submissions: number }
  close(): Promise<void>
}

/** The part of the public API that a load test uses, which lies as it is told. Each account may ask `daily` questions. */
export async function startLyingMesh(lies: readonly Lie[], daily = 1_000): Promise<LyingMesh> {
  const kept = new Map<string, Kept>()
  const asked = new Map<string, number>()
  let submissions = 0

  const server = createServer((request, response) => {
    void answer(request, response)
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += String(chunk)
    const { pathname } = new URL(request.url ?? '/', 'http://fake')
    const [, id = '', what = ''] = /^\/api\/v1\/queries\/(q\d+)\/(\w+)$/.exec(pathname) ?? []
    const query = [...kept.values()].find((one) => one.id === id && one.lie !== 'forgets')
    if (pathname === '/health') return json(response, 200, {})
    if (pathname === '/api/v1/auth/register') {
      asked.set(`token-${asked.size}`, 0)
      return json(response, 201, { access_token: `token-${asked.size - 1}` })
    }
    if (pathname === '/api/v1/queries/submit') return submit(request, response, text)
    if (!query) return json(response, 404, { title: 'Not Found' })
    if (what === 'results') return json(response, 200, results(query))
    await stream(response, query)
  }

  function submit(request: IncomingMessage, response: ServerResponse, text: string): void {
    submissions += 1
    const key = String(request.headers['idempotency-key'])
    const token = String(request.headers.authorization).slice('Bearer '.length)
    const before = kept.get(key)
    if (before) return json(response, 202, accepted(before, token), { 'idempotent-replayed': 'true' })
    const used = asked.get(token) ?? 0
    if (used >= daily) return json(response, 429, { title: 'Too Many Requests' }, { 'retry-after': '40000' })
    asked.set(token, used + 1)
    const query: Kept = { id: `q${kept.size}`, lie: lies[kept.size % lies.length] ?? 'honest', told: 0 }
    kept.set(key, query)
    if (query.lie === 'drops-answer' || !JSON.parse(text)) return void request.socket.destroy()
    json(response, 202, accepted(query, token))
  }

  function accepted({ id }: Kept, token: string) {
    return { query_id: id, daily_usage: { remaining: daily - (asked.get(token) ?? 0) } }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    accounts: () => asked.size,
    seen: () => ({ keys: kept.size, submissions }),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function results({ lie, told }: Kept) {
  const done = lie !== 'hangs' && !(lie === 'breaks-stream' && told < 2)
  return {
    status: done ? (lie === 'fails' ? 'failed' : 'completed') : 'processing',
    metadata: { tokens: { input: 10, output: 2 }, cost_usd: 0.5, degraded: false },
  }
}

function json(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

async function stream(response: ServerResponse, query: Kept): Promise<void> {
  query.told += 1
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write('id: 1\ndata: {"type":"query_started","seq":1}\n\n')
  if (query.lie === 'hangs') return
  if (query.lie === 'breaks-stream' && query.told === 1) return void response.destroy()
  response.end(`data: {"type":"query_${query.lie === 'fails' ? 'failed' : 'completed'}","seq":2}\n\n`)
}
