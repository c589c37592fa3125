import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { submitBodyBytes } from '../../packages/contracts/src/queries.ts'
import { startEdgeReplica, readSeen } from '@concord/testing/edge-replica'
import type { EdgeReplica } from '@concord/testing/edge-replica'
import { startEdge } from '@concord/testing/edge-process'
import type { EdgeProcess } from '@concord/testing/edge-process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, askHttp2, askRaw, logLine, newTraceparent, readProblem } from './client.ts'

let replica: EdgeReplica
let edge: EdgeProcess
const script = `export const hello = '${'a'.repeat(3_000)}'\n`

beforeAll(async () => {
  replica = await startEdgeReplica()
  edge = await startEdge({ EDGE_GATEWAYS: replica.address, EDGE_ACME_FOLDER: 'acme' }, (folder) => {
    mkdirSync(path.join(folder, 'acme/.well-known/acme-challenge'), { recursive: true })
    writeFileSync(path.join(folder, 'acme/.well-known/acme-challenge/token'), 'proof')
  })
})
afterAll(async () => {
  await edge.close()
  await replica.kill()
})

describe('without TLS', () => {
  const plain = (address: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${edge.plainUrl}${address}`, { redirect: 'manual', ...init })

  test('the way to the right address is told, whatever the Host header says, and a POST stays one', async () => {
    const answer = await plain('/api/v1/panel?a=1', { method: 'POST', body: '{}' })

    expect(answer.status).toBe(308)
    expect(answer.headers.get('location')).toBe(`${edge.url}/api/v1/panel?a=1`)
    expect(answer.headers.get('strict-transport-security')).toBeNull()
  })

  test('/health and the proof for a certificate are there', async () => {
    expect((await plain('/health')).status).toBe(200)
    expect(await (await plain('/.well-known/acme-challenge/token')).text()).toBe('proof')
    expect((await plain('/.well-known/acme-challenge/none')).status).toBe(404)
  })
})

describe('TLS', () => {
  test('is 1.3', async () => {
    const headers = { 'x-request-id': 'tls-1' }
    expect((await ask(edge, '/health', { headers })).status).toBe(200)
    expect(await logLine(edge, 'tls-1')).toMatchObject({ tls: 'TLSv1.3' })
  })

  test('1.2 is refused unless it was switched on', async () => {
    const older = await startEdge({ EDGE_GATEWAYS: replica.address, EDGE_TLS_1_2: 'on' })

    await expect(ask(edge, '/health', { maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version/)
    expect((await ask(older, '/health', { maxVersion: 'TLSv1.2' })).status).toBe(200)
    await older.close()
  })

  test('carries HTTP/2', async () => {
    expect(await askHttp2(edge, '/api/v1/panel')).toEqual({ status: 200, protocol: 'h2' })
  })
})

describe('refusals', () => {
  test.each([
    ['/api/v1/queries/submit', submitBodyBytes],
    ['/api/v1/auth/login', 64 * 1024],
    ['/webhooks/stripe', 1024 * 1024],
    ['/v1/chat/completions', 8 * 1024 * 1024],
    ['/mcp', 64 * 1024],
  ])('a body for %s of more than %i bytes is a 413', async (address, limit) => {
    const body = Buffer.alloc(limit + 1, 'a')

    expect(
      readProblem(await ask(edge, address, { method: 'POST', body, headers: { expect: '100-continue' } })),
    ).toMatchObject({ status: 413, instance: address })
  })

  test('under /v1 have OpenAI’s shape as well', async () => {
    const { text } = await ask(edge, '/v1/embeddings', { method: 'POST', body: Buffer.alloc(9_000_000) })

    expect(JSON.parse(text)).toMatchObject({
      error: { type: 'invalid_request_error', code: 'request_too_large', param: null, message: expect.any(String) },
    })
  })

  test('of too many requests from one address are a 429 that says when to come again', async () => {
    const narrow = await startEdge({
      EDGE_GATEWAYS: replica.address,
      EDGE_REQUESTS_PER_SECOND: '1',
      EDGE_REQUESTS_BURST: '3',
      EDGE_TRUSTED_PROXIES: '127.0.0.1',
    })
    const from = (address: string, path = '/api/v1/panel') =>
      ask(narrow, path, { headers: { 'x-forwarded-for': address } })
    const many = await Promise.all(Array.from({ length: 40 }, () => from('2001:db8::1')))
    const refused = many.filter(({ status }) => status === 429)

    expect(refused.length).toBeGreaterThan(20)
    for (const answer of refused) expect(readProblem(answer)).toMatchObject({ status: 429, instance: '/api/v1/panel' })
    expect(refused[0]?.headers).toMatchObject({
      'retry-after': '1',
      'ratelimit-limit': '1',
      'ratelimit-remaining': '0',
      'ratelimit-reset': '1',
      'access-control-allow-origin': '*',
    })
    // The same household, and another one.
    expect(
      (await Promise.all(Array.from({ length: 9 }, () => from('2001:db8::2')))).map(({ status }) => status),
    ).toContain(429)
    expect((await from('2001:db8:0:1::1')).status).toBe(200)
    // Webhooks are counted by themselves.
    expect((await from('2001:db8::1', '/webhooks/stripe')).status).toBe(200)
    await narrow.close()
  })

  test('of too many connections from one address are a 429', async () => {
    const narrow = await startEdge({ EDGE_GATEWAYS: replica.address, EDGE_CONNECTIONS_PER_ADDRESS: '2' })
    const stop = new AbortController()
    const streams = [1, 2].map(() =>
      ask(narrow, '/api/v1/queries/qry_1/events', { signal: stop.signal }).catch(() => {}),
    )
    while ((await replica.streams()) < 2) await new Promise((resolve) => setTimeout(resolve, 10))

    expect(readProblem(await ask(narrow, '/api/v1/panel'))).toMatchObject({ status: 429, instance: '/api/v1/panel' })
    stop.abort()
    await Promise.all(streams)
    await narrow.close()
  })

  test('of a head that is too large, or is no request, are problems', async () => {
    expect((await ask(edge, '/api/v1/panel', { headers: { 'x-long': 'a'.repeat(17_000) } })).status).toBe(431)
    const text = await askRaw(edge, 'GET /api/v1/panel HTTP/1.1\r\nConnection: close\r\n\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(text).toContain('application/problem+json')
  })

  test('name the address only as far as it cannot break the answer', async () => {
    expect(readProblem(await ask(edge, '/metrics/"},"x":"\\'))).toMatchObject({ status: 404, instance: '/' })
  })

  test('by the gateway pass as they are', async () => {
    expect(await ask(edge, '/api/v1/status/404')).toMatchObject({ status: 404, text: 'the gateway says 404' })
    expect(await ask(edge, '/api/v1/status/503')).toMatchObject({ status: 503, text: 'the gateway says 503' })
  })
})

describe('answers', () => {
  test('of text are compressed by the edge, for whoever takes it', async () => {
    const packed = await ask(edge, '/api/v1/panel', { headers: { 'accept-encoding': 'gzip' } })
    const plain = await ask(edge, '/api/v1/panel')

    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
    expect(plain.headers).not.toHaveProperty('content-encoding')
    expect(readSeen(plain.text).headers).not.toHaveProperty('accept-encoding')
  })

  test('have HSTS once, and tell no version', async () => {
    const { headers } = await ask(edge, '/api/v1/panel')

    expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains')
    expect(headers['server']).toBe('nginx')
  })
})

describe('the console from a folder', () => {
  let own: EdgeProcess
  beforeAll(async () => {
    // The folder must be there when the configuration is rendered.
    own = await startEdge({ EDGE_GATEWAYS: replica.address, EDGE_CONSOLE_FOLDER: 'console' }, (folder) => {
      mkdirSync(path.join(folder, 'console/assets'), { recursive: true })
      writeFileSync(path.join(folder, 'console/index.html'), '<title>Concord</title>')
      writeFileSync(path.join(folder, 'console/assets/index-abc123.js'), script)
    })
  })
  afterAll(() => own.close())
  const asPage = { headers: { accept: 'text/html,*/*' } }

  test('keeps hashed assets for ever, and asks for pages afresh', async () => {
    const asset = await ask(own, '/assets/index-abc123.js')
    const front = await ask(own, '/')

    expect(asset.text).toBe(script)
    expect(asset.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript',
      'x-content-type-options': 'nosniff',
    })
    expect(front).toMatchObject({ status: 200, text: '<title>Concord</title>' })
    expect(front.headers['cache-control']).toBe('no-cache')
    expect(front.headers['content-security-policy']).toContain(`connect-src 'self' ${own.url.replace('https', 'wss')};`)
  })

  test('is what a page that it routes itself gets, and nothing else', async () => {
    expect((await ask(own, '/queries/qry_1', asPage)).text).toBe('<title>Concord</title>')
    expect((await ask(own, '/queries/qry_1')).text).toContain('"replica"')
    expect((await ask(own, '/api/v1/nothing', asPage)).text).toContain('"replica"')
    expect((await ask(own, '/v1', asPage)).text).toContain('"replica"')
    expect(readProblem(await ask(own, '/metrics', asPage))).toMatchObject({ status: 404, instance: '/metrics' })
    expect(readProblem(await ask(own, '/assets/none.js', asPage))).toMatchObject({
      status: 404,
      instance: '/assets/none.js',
    })
    expect((await ask(own, '/assets/none.js')).headers['cache-control']).toBe('no-store')
  })
})

describe('the access log', () => {
  test('is JSON with the trace, and without query strings', async () => {
    const { traceparent, traceId } = newTraceparent()
    const headers = { traceparent, 'user-agent': 'a "quoted" \\ agent\t', 'x-request-id': 'log-1' }
    await ask(edge, '/api/v1/ws?ticket=secret', { headers })

    expect(await logLine(edge, 'log-1')).toMatchObject({
      name: 'edge', trace_id: traceId, request_id: 'log-1', method: 'GET', path: '/api/v1/ws', status: 200, ip: '127.0.0.1',
      upstream: replica.address, upstream_status: '200', seconds: expect.any(Number),
    }) // prettier-ignore
    expect(edge.log().join('\n')).not.toContain('secret')
  })
})
