import { startEdgeReplica, readSeen } from '@concord/testing/edge-replica'
import type { EdgeReplica } from '@concord/testing/edge-replica'
import { startEdge } from '@concord/testing/edge-process'
import type { EdgeProcess } from '@concord/testing/edge-process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, askRaw, logLine, newTraceparent, readProblem } from './client.ts'

let replica: EdgeReplica
let edge: EdgeProcess

beforeAll(async () => {
  replica = await startEdgeReplica()
  edge = await startEdge({ EDGE_GATEWAYS: replica.address })
})
afterAll(async () => {
  await edge.close()
  await replica.kill()
})

describe('what reaches a gateway', () => {
  test('names the caller’s real address, whatever the caller says', async () => {
    const lies = {
      'x-forwarded-for': '1.2.3.4',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'evil.example',
      'x-real-ip': '1.2.3.4',
      forwarded: 'for=1.2.3.4',
    }
    const { headers } = readSeen((await ask(edge, '/api/v1/panel', { headers: lies })).text)

    expect(headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https', host: '127.0.0.1' })
    expect(headers['x-forwarded-host']).toBe('127.0.0.1')
    expect(headers).not.toHaveProperty('x-real-ip')
    expect(headers).not.toHaveProperty('forwarded')
  })

  test('continues the caller’s trace, and has a new one where there is none that can be', async () => {
    const { traceparent, traceId } = newTraceparent()
    const given = readSeen((await ask(edge, '/api/v1/panel', { headers: { traceparent } })).text)
    const without = readSeen((await ask(edge, '/api/v1/panel', { headers: { 'x-request-id': 'untraced' } })).text)
    const traced = await logLine(edge, 'untraced')
    const malformed = traceparent.replace(traceId, '0'.repeat(32))
    const zero = readSeen((await ask(edge, '/api/v1/panel', { headers: { traceparent: malformed } })).text)

    expect(given.headers['traceparent']).toBe(traceparent)
    for (const { headers } of [without, zero])
      expect(headers['traceparent']).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    expect(traced).toMatchObject({ trace_id: without.headers['traceparent']?.split('-')[1] })
  })

  test('has the caller’s request id if it is one', async () => {
    const given = await ask(edge, '/api/v1/panel', { headers: { 'x-request-id': 'mine-1' } })
    const odd = await ask(edge, '/api/v1/panel', { headers: { 'x-request-id': 'a "b"' } })

    expect(given.headers['x-request-id']).toBe('mine-1')
    expect(odd.headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/)
  })

  test.each([
    ['/payment/checkout?a=%2F', '/api/v1/payment/checkout?a=%2F'],
    ['/ai/text/summarize', '/api/v1/ai/text/summarize'],
    ['/api/auth/login', '/api/v1/auth/login'],
    ['/api/users/me', '/api/v1/users/me'],
    ['/api/products?limit=1', '/api/v1/products?limit=1'],
    ['/api/chat', '/api/v1/chat'],
    ['/api/models/a%2Fb', '/api/v1/models/a%2Fb'],
    ['/api/preprompts/default', '/api/v1/preprompts/default'],
    ['/api/calls', '/api/v1/calls'],
    ['/api/companies/1/telephony', '/api/v1/companies/1/telephony'],
    ['/api/v1/queries', '/api/v1/queries'],
    ['/v1/models/openai%2Fgpt', '/v1/models/openai%2Fgpt'],
  ])('asked for %s it is asked for %s', async (asked, wanted) => {
    expect(readSeen((await ask(edge, asked, { method: 'POST', body: 'b' })).text)).toMatchObject({
      url: wanted,
      method: 'POST',
      body: Buffer.from('b').toString('base64'),
    })
  })

  test('has a webhook’s body byte for byte, with its signature', async () => {
    const body = Buffer.from(`{ "id" :"evt_1",\r\n\t"é": "${'\u0000\u001f'}" }`.repeat(3_000))
    const headers = { 'stripe-signature': 't=1,v1=ab', 'content-type': 'application/json; charset=utf-8' }
    const seen = readSeen((await ask(edge, '/webhooks/stripe', { method: 'POST', body, headers })).text)

    expect(Buffer.from(seen.body, 'base64').equals(body)).toBe(true)
    expect(seen.headers).toMatchObject({ ...headers, 'content-length': String(body.length) })
  })

  test('never is an upgrade to anything but a WebSocket, nor one where no socket is', async () => {
    const upgrade = (to: string) => ({ headers: { connection: 'Upgrade, HTTP2-Settings', upgrade: to } })
    const nowhere = readSeen((await ask(edge, '/api/v1/panel', upgrade('websocket'))).text)
    const tunnel = readSeen((await ask(edge, '/api/v1/ws', upgrade('h2c'))).text)

    for (const { headers } of [nowhere, tunnel]) expect(headers).not.toHaveProperty('upgrade')
  })
})

describe('what is inside', () => {
  test.each([
    '/metrics', '/metrics/', '/METRICS', '/ready', '/internal', '/internal/queries', '/%69nternal', '/%69%6eternal/x', '//internal',
    '/./metrics', '/api/../internal/x', '/api/v1/..%2f..%2finternal', '/payment/../internal', '/api/v1/internal/x', '/api/internal',
    '/metrics;a=b', '/internal?x=/api/v1', '/v1/%2e%2e/internal', '/openapi.json', '/.git/config', '/a/.env',
  ])('is closed as %s', async (address) => {
    const before = await replica.requests()

    expect(readProblem(await ask(edge, address))).toMatchObject({ status: 404, instance: address.split('?', 1)[0] ?? '' })
    expect(await replica.requests()).toBe(before)
  }) // prettier-ignore

  test('is not reached by an address in the absolute form', async () => {
    const text = await askRaw(
      edge,
      `GET http://127.0.0.1/internal/x HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`,
    )

    expect(text).toMatch(/^HTTP\/1\.1 404 /)
  })

  test('counts and health of NGINX itself are told to neighbours only', async () => {
    expect(await (await fetch(`${edge.insideUrl}/health`)).json()).toMatchObject({ status: 'ok' })
    expect(await (await fetch(`${edge.insideUrl}/status`)).text()).toContain('Active connections')
    expect(readProblem(await ask(edge, '/api/v1/internal'))).toMatchObject({
      status: 404,
      instance: '/api/v1/internal',
    })
  })
})

describe('a request that could be read in two ways', () => {
  const post = (headers: string, body: string) =>
    `POST /api/v1/queries HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${headers}\r\n\r\n${body}`

  test.each([
    ['two framings', 'Content-Length: 3\r\nTransfer-Encoding: chunked', '0\r\n\r\n'],
    ['two lengths', 'Content-Length: 3\r\nContent-Length: 4', 'abcd'],
    ['an unknown coding', 'Transfer-Encoding: xchunked', '0\r\n\r\n'],
    ['a coding before chunked', 'Transfer-Encoding: gzip, chunked', '0\r\n\r\n'],
    ['a negative length', 'Content-Length: -1', ''],
  ])('by %s is refused, and reaches nobody', async (_name, headers, body) => {
    const before = await replica.requests()

    expect(await askRaw(edge, post(headers, body))).toMatch(/^HTTP\/1\.1 (400|501) /)
    expect(await replica.requests()).toBe(before)
  })

  test('in chunks arrives whole, with its length', async () => {
    const text = await askRaw(edge, post('Transfer-Encoding: chunked', '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n'))
    const seen = readSeen(text.slice(text.indexOf('{"'), text.lastIndexOf('}') + 1))

    expect(seen.headers).toMatchObject({ 'content-length': '5' })
    expect(seen.headers).not.toHaveProperty('transfer-encoding')
  })
})
