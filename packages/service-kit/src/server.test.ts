import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { buildServer } from '../test/build-server.ts'
import { AppError } from './errors.ts'

const json = { 'content-type': 'application/json' }

function post(payload: string | Buffer, headers: Record<string, string> = json) {
  return buildServer().server.inject({ method: 'POST', url: '/api/v1/things/1?x=1', payload, headers })
}

describe('a body that breaks its contract', () => {
  test.each([
    ['{"name": 1}', '#/name'],
    ['{}', '#/name'],
    ['{"name": null}', '#/name'],
    ['{"name": "a", "amount": "2"}', '#/amount'],
    ['{"name": "a", "amount": 1.5}', '#/amount'],
    ['{"name": "a", "extra": 1}', '#/extra'],
    ['{"name": "a", "a/b~c": 1}', '#/a~1b~0c'],
    ['{"name": "a", "tags": ["x", 2]}', '#/tags/1'],
    ['[]', '#'],
    ['"text"', '#'],
    ['', '#'],
    ['{', '#'],
    ['{"name": "a\\u0000b"}', '#/name'],
    ['{"name": "\\ud800"}', '#/name'],
    ['{"name": "a", "__proto__": {"admin": true}}', '#/__proto__'],
    ['{"name": "a", "constructor": {"prototype": {}}}', '#/constructor'],
    [`{"name": ${'['.repeat(40)}${']'.repeat(40)}}`, `#/name${'/0'.repeat(32)}`],
  ])('%s is answered with 400 and the pointer %s', async (payload, pointer) => {
    const answer = await post(payload)

    expect(answer.statusCode).toBe(400)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.json()).toMatchObject({
      type: 'https://concord.dev/problems/invalid-request',
      title: 'Bad Request',
      status: 400,
      instance: '/api/v1/things/1',
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      errors: expect.arrayContaining([{ pointer, detail: expect.any(String) }]),
    })
  })

  test('invalid UTF-8 is refused rather than replaced', async () => {
    const answer = await post(Buffer.from([0x7b, 0x22, 0x6e, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]))

    expect(answer.json()).toMatchObject({ status: 400, detail: 'the body is not valid UTF-8' })
  })

  test('a prototype key changes no prototype', async () => {
    await post('{"name": "a", "__proto__": {"polluted": true}}')

    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted')
  })

  test('a body over the limit is a 413, another type a 415', async () => {
    expect((await post(`{"name": "${'x'.repeat(70_000)}"}`)).json()).toMatchObject({
      status: 413,
      type: 'https://concord.dev/problems/too-large',
    })
    expect((await post('name=a', { 'content-type': 'text/plain' })).json()).toMatchObject({ status: 415 })
  })
})

test('a crash tells the caller nothing and the log everything', async () => {
  const { server, lines } = buildServer()
  const answer = await server.inject('/broken')

  expect(answer.json()).toEqual({
    type: 'https://concord.dev/problems/internal',
    title: 'Internal Server Error',
    status: 500,
    instance: '/broken',
    trace_id: expect.any(String),
  })
  expect(lines.join('')).toContain('hunter2')
})

test('an address where there is nothing is a 404 problem', async () => {
  expect((await buildServer().server.inject('/nowhere')).json()).toMatchObject({
    status: 404,
    type: 'https://concord.dev/problems/not-found',
  })
})

test('an expected error carries its headers', async () => {
  const { server } = buildServer()
  server.get('/limited', async () => {
    throw new AppError('rate-limited', 'slow down', { retryAfterS: 1.2, headers: { 'ratelimit-limit': '5' } })
  })
  const answer = await server.inject('/limited')

  expect(answer.statusCode).toBe(429)
  expect(answer.headers).toMatchObject({ 'retry-after': '2', 'ratelimit-limit': '5' })
})

describe('every answer', () => {
  test('carries the caller’s request id where it is well-formed, else a fresh one', async () => {
    const { server } = buildServer()
    const kept = await server.inject({ url: '/health', headers: { 'x-request-id': 'abc-1' } })
    const replaced = await server.inject({ url: '/health', headers: { 'x-request-id': 'a b\tc' } })

    expect(kept.headers['x-request-id']).toBe('abc-1')
    expect(replaced.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('belongs to the caller’s trace, and so do its log lines', async () => {
    const { server, lines } = buildServer()
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const answer = await server.inject({
      url: '/nowhere',
      headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    })

    expect(answer.json().trace_id).toBe(traceId)
    expect(lines.filter((line) => line.includes('"request"')).every((line) => line.includes(traceId))).toBe(true)
  })

  test('is counted and timed by route pattern, never by raw path', async () => {
    const { server } = buildServer()
    await server.inject({ method: 'POST', url: '/things/secret-id', payload: { name: 'a' } })
    await sleep(0)
    const metrics = (await server.inject('/metrics')).body

    expect(metrics).toContain('http_requests_total{method="POST",route="/things/:id",status="200",service="test"} 1')
    expect(metrics).toContain('http_request_duration_seconds_bucket')
    expect(metrics).not.toContain('secret-id')
  })
})

test('secrets do not reach the log', async () => {
  const { server, lines } = buildServer()
  server.log.info(
    {
      password: 'hunter2',
      user: { refresh_token: 'hunter2', deep: { authorization: 'hunter2' } },
      email: 'hunter2@example.org',
    },
    'seen',
  )

  expect(lines.join('')).toContain('[redacted]')
  expect(lines.join('')).not.toContain('hunter2')
})

test('readiness says whether dependencies are reached, and keeps the reason for the log', async () => {
  const { server, lines } = buildServer({ isReady: () => Promise.reject(new Error('ECONNREFUSED db:5432')) })
  const answer = await server.inject('/ready')

  expect([answer.statusCode, answer.body.includes('ECONNREFUSED'), lines.join('').includes('ECONNREFUSED')]).toEqual([
    503,
    false,
    true,
  ])
  expect((await server.inject('/health')).json()).toEqual({
    status: 'ok',
    timestamp: expect.any(String),
    uptime: expect.any(Number),
  })
})

test('the service describes its own routes and not its inner ones', async () => {
  const { server } = buildServer()
  await server.ready()
  const document = (await server.inject('/openapi.json')).json()

  expect(document.openapi).toBe('3.1.0')
  expect(Object.keys(document.paths)).not.toContain('/metrics')
})

describe('a connection', () => {
  test.each([
    ['half a head', 408, 'GET /health HTTP/1.1\r\nhost: x\r\nx-half'],
    [
      'half a body',
      408,
      'POST /things/1 HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    ],
    ['too large a head', 431, `GET /health HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['no request at all', 400, 'what is this\r\n\r\n'],
  ])('that sends %s is closed with the problem %i', async (_what, status, sent) => {
    const { server } = buildServer({ arriveWithinMs: 200 })
    const url = new URL(await server.listen({ host: '127.0.0.1', port: 0 }))
    const socket = connect(Number(url.port), url.hostname, () => void socket.write(sent))
    const [head, body] = (await text(socket)).split('\r\n\r\n')
    await server.close()

    expect(head).toContain(`HTTP/1.1 ${status} `)
    expect(head).toContain('application/problem+json')
    expect(head).toContain('x-request-id: ')
    expect(JSON.parse(body ?? '')).toMatchObject({ status, trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) })
  })
})
