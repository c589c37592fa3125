import { request } from 'node:http'
import type { RequestOptions } from 'node:http'
import type { LiveEvent } from '@concord/contracts/live-events'
import { sessionRevoked } from '@concord/contracts/events'
import { engines } from '@concord/testing/engines'
import { createParser } from 'eventsource-parser'
import { patiently } from '@concord/testing/patience'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { aQueryId, anEvent } from '../test/fake-orchestrator.ts'
import { openTestGateway } from '../test/open-test-gateway.ts'

const Body = z.looseObject({
  paths: z.record(z.string(), z.unknown()).optional(),
  ticket: z.string().optional(),
  seen: z.string().optional(),
  openapi: z.string().optional(),
  asyncapi: z.string().optional(),
  services: z.array(z.unknown()).optional(),
})
const jsonOf = async (answer: Response) => Body.parse(await answer.json())

/** The status of a request that `fetch` would not send. */
function statusOf(url: string, options: RequestOptions, body?: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    sent.on('error', reject)
    if (options.headers && 'expect' in options.headers) sent.on('continue', () => sent.end(body))
    else sent.end(body)
  })
}

type Gateway = Awaited<ReturnType<typeof openTestGateway>>

const userId = 'usr_1'
let ids = 0

function aQuery(gateway: Gateway, events: LiveEvent[] = [], ended = false): string {
  ids += 1
  const queryId = `qry_${String(ids).padStart(32, '0')}`
  const stored = events.flatMap((event) =>
    'seq' in event ? [anEvent(queryId, event.seq, event.type === 'query_cancelled')] : [],
  )
  gateway.orchestrator.queries.set(queryId, { userId, events: stored, ended, lostReads: 0 })
  return queryId
}

/** Opens a socket and gathers what it receives until it closes. */
function gather(url: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers })
  const messages: { type: string; seq?: number; data?: { text?: string } }[] = []
  const arrived = new Set<() => void>()
  socket.on('message', (data: Buffer) => {
    messages.push(JSON.parse(data.toString('utf8')))
    for (const check of arrived) check()
  })
  const opened = new Promise<void>((resolve, reject) => {
    socket.on('open', resolve)
    socket.on('error', reject)
  })
  opened.catch(() => {})
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  const until = (done: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!done()) return
        arrived.delete(check)
        resolve()
      }
      arrived.add(check)
      check()
    })
  return {
    socket,
    messages,
    opened,
    closed,
    until,
    seqs: () => messages.flatMap(({ seq, type }) => (seq === undefined || type === 'heartbeat' ? [] : [seq])),
  }
}

describe.each(engines)('the gateway on the $name adapters', ({ open }) => {
  let gateway: Gateway
  let authorization: { authorization: string }
  beforeAll(async () => {
    gateway = await openTestGateway(open)
    authorization = { authorization: `Bearer ${await gateway.token(userId)}` }
  })
  afterAll(() => gateway.close())

  const call = (path: string, init: RequestInit = {}) => fetch(`${gateway.url}${path}`, init)

  test('passes a request on whole, with the verified token and its own word on who calls', async () => {
    const body = JSON.stringify({ query: 'ünïcode' })
    const headers = {
      ...authorization,
      'content-type': 'application/json',
      'x-forwarded-for': '6.6.6.6',
      'x-request-id': 'mine-1',
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    }
    const answer = await call('/api/v1/queries/submit?x=1', { method: 'POST', body, headers })
    const seen = gateway.orchestrator.requests.at(-1)

    expect(answer.status).toBe(202)
    expect(answer.headers.get('x-request-id')).toBe('mine-1')
    expect(seen).toMatchObject({ method: 'POST', url: '/api/v1/queries/submit?x=1', body: { query: 'ünïcode' } })
    expect(seen?.headers).toMatchObject({ ...authorization, 'x-forwarded-for': '127.0.0.1', 'x-request-id': 'mine-1' })
    expect(seen?.headers['traceparent']).toMatch(new RegExp(`^00-${'a'.repeat(32)}-(?!${'b'.repeat(16)})`))
  })

  test('an API key goes on as its short-lived token, and a wrong one is a 401', async () => {
    const good = await call('/api/v1/queries', { headers: { authorization: 'Bearer ck_good' } })
    const seen = gateway.orchestrator.requests.at(-1)
    const bad = await call('/api/v1/queries', { headers: { authorization: 'Bearer ck_bad' } })

    expect(good.status).toBe(200)
    expect(String(seen?.headers['authorization'])).toMatch(/^Bearer ey/)
    expect(bad.status).toBe(401)
    expect(bad.headers.get('www-authenticate')).toContain('Bearer')
  })

  test.each([
    '/api/v1/nothing',
    '/api/nothing',
    '/v1/nothing',
    '/internal/queries/x/events',
    '/mcp/nothing',
    '/webhooks/stripe',
    '/api/v1/internal/queries/x/events',
    '/api/v1/queries/..%2f..%2finternal',
  ])('answers 404 with a problem at %s', async (path) => {
    const answer = await call(path, { headers: { ...authorization, accept: 'text/html' } })

    expect(answer.status).toBe(404)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
  })

  test('answers 413 to a body of nine megabytes, sized or chunked, and 401 to a bad token', async () => {
    const body = 'x'.repeat(9 * 1024 * 1024)
    const sized = await call('/api/v1/queries', {
      method: 'POST',
      body,
      headers: { ...authorization, 'content-type': 'application/json' },
    })
    const bad = await call('/api/v1/queries', { headers: { authorization: 'Bearer nonsense' } })

    expect(sized.status).toBe(413)
    expect(await jsonOf(sized)).toMatchObject({ status: 413, instance: '/api/v1/queries' })
    expect(bad.status).toBe(401)
  })

  test('a token that has expired does not keep its owner from a new one', async () => {
    const headers = { authorization: 'Bearer expired', 'content-type': 'application/json' }
    const answer = await call('/api/v1/auth/refresh', { method: 'POST', body: '{}', headers })

    expect(answer.status).toBe(200)
  })

  test('compresses for those who can read it, and sets the security headers', async () => {
    const answer = await call('/api/v1/queries', { headers: { ...authorization, 'accept-encoding': 'gzip' } })

    expect(answer.headers.get('content-encoding')).toBe('gzip')
    expect((await jsonOf(answer)).seen).toBe('/api/v1/queries')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'")
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('answers a body that waits for “100 Continue”, and nothing for an address in the absolute form', async () => {
    const url = `${gateway.url}/api/v1/queries`
    const headers = { ...authorization, expect: '100-continue', 'content-type': 'application/json' }

    expect(await statusOf(url, { method: 'POST', headers }, '{"query":"x"}')).toBe(202)
    expect(await statusOf(url, { path: 'http://elsewhere.example/api/v1/queries' })).toBe(404)
  })

  test('answers a preflight of a foreign page without cookies', async () => {
    const answer = await call('/api/v1/queries', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    })

    expect(answer.headers.get('access-control-allow-methods')).toContain('DELETE')
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
  })

  test.each(['/api/v1/queries', '/v1/chat/completions', '/mcp'])(
    'OPTIONS %s of no page is answered, too',
    async (path) => {
      const answer = await fetch(`${gateway.url}${path}`, { method: 'OPTIONS' })

      expect(answer.status).toBe(204)
      expect(answer.headers.get('access-control-allow-methods')).toContain('POST')
    },
  )

  test('tells where a caller stands, and refuses the request over the limit', async () => {
    const strict = await openTestGateway(open, { REQUESTS_PER_MINUTE_PER_ADDRESS: '3' })
    const answers = []
    for (let n = 0; n < 4; n += 1) answers.push(await fetch(`${strict.url}/api/v1/queries`))
    await strict.close()

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429])
    expect(answers[0]?.headers.get('ratelimit-remaining')).toBe('2')
    expect(Number(answers[3]?.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('merges the services’ documents, and leaves out what the edge does not pass on', async () => {
    const document = await jsonOf(await call('/api/v1/openapi.json'))

    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths ?? {})).toEqual(
      expect.arrayContaining(['/api/v1/queries/{id}', '/api/v1/auth/login', '/api/v1/ws-tickets']),
    )
    expect(Object.keys(document.paths ?? {})).not.toContain('/api/v1/hidden')
    expect((await call('/api/v1/docs/static/index.html')).status).toBe(200)
    expect((await jsonOf(await call('/api/v1/asyncapi.json'))).asyncapi).toBe('3.0.0')
    expect((await jsonOf(await call('/api/v1'))).services).toContainEqual({
      name: 'auth',
      version: '1.0.0',
      status: 'up',
    })
  })

  test('figures are for direct callers from private addresses', async () => {
    expect((await call('/metrics')).status).toBe(200)
    expect((await call('/metrics', { headers: { 'x-forwarded-for': '203.0.113.1' } })).status).toBe(404)
    expect(await jsonOf(await call('/health'))).toMatchObject({ status: 'ok', uptime: expect.any(Number) })
  })

  test('a ticket opens one socket, and the ended query’s events come in order before it closes', async () => {
    const queryId = aQuery(
      gateway,
      [anEvent(aQueryId('0'), 1), anEvent(aQueryId('0'), 2), anEvent(aQueryId('0'), 3, true)],
      true,
    )
    const issued = await jsonOf(await call('/api/v1/ws-tickets', { method: 'POST', headers: authorization }))
    const first = gather(`${gateway.url}/api/v1/ws/${queryId}?ticket=${issued.ticket}`)
    const code = await first.closed
    const second = gather(`${gateway.url}/api/v1/ws/${queryId}?ticket=${issued.ticket}`)

    expect(issued).toEqual({ ticket: expect.any(String), expires_in: 30 })
    expect([code, first.seqs()]).toEqual([1000, [1, 2, 3]])
    await expect(second.opened).rejects.toThrow('401')
  })

  test('after=2 gives what came after, then the live events, and a gap is filled from the history', async () => {
    const queryId = aQuery(gateway, [anEvent(aQueryId('0'), 1), anEvent(aQueryId('0'), 2), anEvent(aQueryId('0'), 3)])
    const line = gather(`${gateway.url}/api/v1/ws/${queryId}?after=2`, authorization)
    await line.until(() => line.seqs().length === 1)
    const query = gateway.orchestrator.queries.get(queryId)
    const later = [4, 5, 6].map((seq) => anEvent(queryId, seq)).concat(anEvent(queryId, 7, true))
    query?.events.push(...later)
    for (const event of later.filter(({ seq }) => seq !== 5)) await gateway.publish(event)
    if (query) query.ended = true

    expect(await line.closed).toBe(1000)
    expect(line.seqs()).toEqual([3, 4, 5, 6, 7])
  })

  test('another user’s query and an unknown one do not open a socket', async () => {
    const queryId = aQuery(gateway, [anEvent(aQueryId('0'), 1)])
    const stranger = { authorization: `Bearer ${await gateway.token('usr_2')}` }

    await expect(gather(`${gateway.url}/api/v1/ws/${queryId}`, stranger).opened).rejects.toThrow('404')
    await expect(gather(`${gateway.url}/api/v1/ws/${aQueryId('f')}`, authorization).opened).rejects.toThrow('404')
    await expect(gather(`${gateway.url}/api/v1/ws/${queryId}`).opened).rejects.toThrow('401')
    expect((await call(`/api/v1/queries/${queryId}/events`, { headers: stranger })).status).toBe(404)
  })

  test('an API key without queries:read hears and sees no events', async () => {
    const queryId = aQuery(gateway, [anEvent(aQueryId('0'), 1)])
    const headers = { authorization: 'Bearer ck_narrow' }

    expect((await call(`/api/v1/queries/${queryId}/events`, { headers })).status).toBe(403)
    expect((await call('/api/v1/ws-tickets', { method: 'POST', headers })).status).toBe(403)
    await expect(gather(`${gateway.url}/api/v1/ws/${queryId}`, headers).opened).rejects.toThrow('403')
    await expect(gather(`${gateway.url}/api/v1/ws`, headers).opened).rejects.toThrow('403')
  })

  test('no socket opens where there is none, and an upgrade to HTTP/2 is passed over', async () => {
    const h2c = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAoAAAAAIAAAAA' }

    await expect(gather(`${gateway.url}/api/v1/queries`).opened).rejects.toThrow('200')
    expect(await statusOf(`${gateway.url}/api/v1/queries`, { headers: h2c })).toBe(200)
  })

  test('one socket follows several queries, and hears of a bad request', async () => {
    const [one, two] = [
      aQuery(gateway, [anEvent(aQueryId('0'), 1)]),
      aQuery(gateway, [anEvent(aQueryId('0'), 1), anEvent(aQueryId('0'), 2)]),
    ]
    const line = gather(`${gateway.url}/api/v1/ws`, authorization)
    await line.opened
    line.socket.send(JSON.stringify({ type: 'subscribe_query', query_id: one }))
    line.socket.send(JSON.stringify({ type: 'subscribe_query', query_id: two, after: 1 }))
    line.socket.send('nonsense')
    await line.until(() => line.messages.length === 3)
    line.socket.close()

    expect(line.messages.map(({ type }) => type).toSorted()).toEqual(['error', 'model_started', 'model_started'])
  })

  test('what a socket asks for counts against the rate limit of the user', async () => {
    const strict = await openTestGateway(open, { REQUESTS_PER_MINUTE_PER_USER: '3' })
    const ids = [1, 2, 3].map(() => aQuery(strict, [anEvent(aQueryId('0'), 1)]))
    const line = gather(`${strict.url}/api/v1/ws`, { authorization: `Bearer ${await strict.token(userId)}` })
    await line.opened
    for (const id of ids) line.socket.send(JSON.stringify({ type: 'subscribe_query', query_id: id }))
    await line.until(() => line.messages.length === 3)
    await strict.close()

    expect(line.messages.find(({ type }) => type === 'error')).toMatchObject({
      query_id: ids[2],
      detail: expect.stringMatching(/too many requests: try again in \d+ s/),
    })
    expect(line.seqs()).toEqual([1, 1])
  })

  test('deltas pass without a seq', async () => {
    const queryId = aQuery(gateway, [anEvent(aQueryId('0'), 1)])
    const line = gather(`${gateway.url}/api/v1/ws/${queryId}`, authorization)
    await line.until(() => line.messages.length === 1)
    await gateway.publish({
      type: 'model_delta',
      query_id: queryId,
      at: '2026-01-01T00:00:00.000Z',
      data: { model: 'gpt5', round: 0, attempt: 1, text: 'hello' },
    })
    await line.until(() => line.messages.length === 2)
    line.socket.close()

    expect(line.messages[1]).toMatchObject({ type: 'model_delta', data: { text: 'hello' } })
    expect(line.messages[1]).not.toHaveProperty('seq')
  })

  test('an ended session closes its sockets and no others', async () => {
    const queryId = aQuery(gateway, [anEvent(aQueryId('0'), 1)])
    const sid = `ses_${'a'.repeat(32)}`
    const ending = gather(`${gateway.url}/api/v1/ws/${queryId}`, {
      authorization: `Bearer ${await gateway.token(userId, sid)}`,
    })
    const staying = gather(`${gateway.url}/api/v1/ws/${queryId}`, authorization)
    await Promise.all([
      ending.until(() => ending.messages.length === 1),
      staying.until(() => staying.messages.length === 1),
    ])
    const body = {
      id: crypto.randomUUID(),
      type: sessionRevoked.type,
      source: 'auth',
      time: new Date().toISOString(),
      correlation_id: 'x',
      data: { user_id: `usr_${'b'.repeat(32)}`, sid, until: new Date().toISOString() },
    }
    // The live channel may lose a word; the bus may tell it twice.
    const tell = async (): Promise<number> => {
      await gateway.platform.bus.publish([{ id: body.id, type: body.type, body, headers: {} }])
      return ending.socket.readyState
    }
    await expect.poll(tell, { ...patiently, interval: 500 }).toBe(WebSocket.CLOSED)

    expect(await ending.closed).toBe(1001)
    expect(staying.socket.readyState).toBe(WebSocket.OPEN)
    staying.socket.close()
  })

  test('a user holds a bounded number of live connections', async () => {
    const strict = await openTestGateway(open, { SOCKETS_PER_USER: '1' })
    const headers = { authorization: `Bearer ${await strict.token(userId)}` }
    const first = gather(`${strict.url}/api/v1/ws`, headers)
    await first.opened
    const second = gather(`${strict.url}/api/v1/ws`, headers)
    const code = await second.closed
    await strict.close()

    expect(code).toBe(1008)
    expect(await first.closed).toBe(1001)
  })

  test('a reader that does not read is cut off instead of buffered for ever', async () => {
    const strict = await openTestGateway(open, { SOCKET_BUFFER_BYTES: '4096' })
    const queryId = aQuery(strict, [anEvent(aQueryId('0'), 1)])
    const line = gather(`${strict.url}/api/v1/ws/${queryId}`, { authorization: `Bearer ${await strict.token(userId)}` })
    await line.until(() => line.messages.length === 1)
    line.socket.pause()
    const text = 'x'.repeat(100_000)
    const delta = {
      type: 'model_delta',
      query_id: queryId,
      at: '2026-01-01T00:00:00.000Z',
      data: { model: 'gpt5', round: 0, attempt: 1, text },
    } as const
    for (let n = 0; n < 200; n += 1) await strict.publish(delta)
    line.socket.resume()
    const code = await line.closed
    await strict.close()

    expect(code).toBe(1006)
    expect(line.messages.length).toBeLessThan(200)
  })

  test('heartbeats carry the last seq, and bring what the live channel lost', async () => {
    const quick = await openTestGateway(open, { HEARTBEAT_S: '1' })
    const queryId = aQuery(quick, [anEvent(aQueryId('0'), 1)])
    const line = gather(`${quick.url}/api/v1/ws/${queryId}`, { authorization: `Bearer ${await quick.token(userId)}` })
    await line.until(() => line.messages.some(({ type }) => type === 'heartbeat'))
    quick.orchestrator.queries.get(queryId)?.events.push(anEvent(queryId, 2))
    await line.until(() => line.seqs().length === 2)
    await quick.close()

    expect(line.messages.find(({ type }) => type === 'heartbeat')).toMatchObject({ query_id: queryId, seq: 1 })
    expect(line.seqs()).toEqual([1, 2])
  })

  test('Server-Sent Events resume after Last-Event-ID and end with the query', async () => {
    const queryId = aQuery(
      gateway,
      [anEvent(aQueryId('0'), 1), anEvent(aQueryId('0'), 2), anEvent(aQueryId('0'), 3, true)],
      true,
    )
    const answer = await call(`/api/v1/queries/${queryId}/events`, {
      headers: { ...authorization, 'last-event-id': '1' },
    })
    const received: { id: string | undefined; event: string | undefined }[] = []
    createParser({ onEvent: ({ id, event }) => received.push({ id, event }) }).feed(await answer.text())
    const nothingLeft = await call(`/api/v1/queries/${queryId}/events`, {
      headers: { ...authorization, 'last-event-id': '3' },
    })

    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    expect(received).toEqual([
      { id: '2', event: 'model_started' },
      { id: '3', event: 'query_cancelled' },
    ])
    expect(nothingLeft.status).toBe(204)
  })
})
