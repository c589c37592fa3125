import { engines } from '@concord/testing/engines'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anAcceptedQuery, anEvent, aQueryId } from '../../test/fake-orchestrator.ts'
import { openTestGateway } from '../../test/open-test-gateway.ts'
import { keyValueCancels } from '../adapters/key-value-stores.ts'
import { runningCalls } from './running-calls.ts'

type Gateway = Awaited<ReturnType<typeof openTestGateway>>
const userId = `usr_${'1'.repeat(32)}`

function post(gateway: Gateway, token: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${gateway.url}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...body }),
  })
}

const ping = { id: 1, method: 'ping' }
const clientInfo = { name: 'x', version: '1' }
const hello = {
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo },
}
const ask = { id: 5, method: 'tools/call', params: { name: 'ask_council', arguments: { query: 'What is 6 * 7?' } } }

describe.each(engines)('MCP at a gateway on the $name adapters', ({ open }) => {
  let gateway: Gateway
  let token: string
  beforeAll(async () => {
    gateway = await openTestGateway(open, { CORS_ORIGINS: 'https://app.example', SOCKETS_PER_USER: '2' })
    token = await gateway.token(userId)
  })
  afterAll(() => gateway.close())

  /** A council that thinks until the test says otherwise. */
  async function aRunningCall(digit: string) {
    const queryId = aQueryId(digit)
    const query = { userId, events: [anEvent(queryId, 1)], ended: false, lostReads: 0 }
    gateway.orchestrator.queries.set(queryId, query)
    gateway.orchestrator.accepting.answer = anAcceptedQuery(queryId)
    const answer = await post(gateway, token, ask, { 'mcp-session-id': `session-${digit}` })
    await expect.poll(() => gateway.orchestrator.reads).toContain(queryId)
    return { queryId, query, text: answer.text() }
  }

  test.each([
    { origin: 'http://localhost:8080', status: 200 },
    { origin: 'https://app.example', status: 200 },
    { origin: 'https://evil.example', status: 403 },
    { origin: 'null', status: 403 },
  ])('answers a page of $origin with $status', async ({ origin, status }) => {
    expect((await post(gateway, token, ping, { origin })).status).toBe(status)
  })

  test('gives each client a session id of its own, which pages may read', async () => {
    const [one, two] = await Promise.all([post(gateway, token, hello), post(gateway, token, hello)])
    const other = await post(gateway, token, ping, { origin: 'https://app.example' })

    expect(one.headers.get('mcp-session-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(one.headers.get('mcp-session-id')).not.toBe(two.headers.get('mcp-session-id'))
    expect(one.headers.get('content-type')).toContain('text/event-stream')
    expect(other.headers.get('mcp-session-id')).toBeNull()
    expect(other.headers.get('access-control-expose-headers')).toContain('mcp-session-id')
  })

  test('ends a call that was cancelled at another gateway, without an answer, and cancels its query', async () => {
    const { queryId, text } = await aRunningCall('a')
    const cancels = await keyValueCancels(gateway.platform.keyValue)
    await runningCalls(cancels).cancel({ userId, session: 'session-a', id: 5 })

    expect(await text).not.toContain('"id":5')
    await expect.poll(() => gateway.orchestrator.cancelled).toContain(queryId)
    await cancels.close()
  })

  test('another user’s word cancels nothing', async () => {
    const { queryId, query, text } = await aRunningCall('b')
    const stranger = await gateway.token(`usr_${'2'.repeat(32)}`)
    const cancelled = { method: 'notifications/cancelled', params: { requestId: 5 } }
    const told = await post(gateway, stranger, cancelled, { 'mcp-session-id': 'session-b' })
    query.events.push(anEvent(queryId, 2, true))
    query.ended = true
    await gateway.publish(anEvent(queryId, 2, true))

    expect(told.status).toBe(202)
    expect(await text).toContain('was cancelled')
    expect(gateway.orchestrator.cancelled).not.toContain(queryId)
  })

  test('holds a bounded number of a user’s councils', async () => {
    const running = [await aRunningCall('c'), await aRunningCall('d')]
    const refused = await post(gateway, token, { ...ask, id: 6 })

    expect(await refused.text()).toMatch(/more than 2 live connections/i)
    for (const { queryId, query } of running) {
      query.events.push(anEvent(queryId, 2, true))
      query.ended = true
      await gateway.publish(anEvent(queryId, 2, true))
    }
    await Promise.all(running.map(({ text }) => text))
  })

  test('counts against the rate limit of the user', async () => {
    const strict = await openTestGateway(open, { REQUESTS_PER_MINUTE_PER_USER: '2' })
    const own = await strict.token(userId)
    const answers = [await post(strict, own, ping), await post(strict, own, ping), await post(strict, own, ping)]
    await strict.close()

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('a gateway that goes down tells of the query that goes on', async () => {
    const leaving = await openTestGateway(open)
    const queryId = aQueryId('e')
    leaving.orchestrator.queries.set(queryId, { userId, events: [anEvent(queryId, 1)], ended: false, lostReads: 0 })
    leaving.orchestrator.accepting.answer = anAcceptedQuery(queryId)
    const answer = await post(leaving, await leaving.token(userId), ask)
    await expect.poll(() => leaving.orchestrator.reads).toContain(queryId)
    const text = answer.text()
    await leaving.close()

    expect(await text).toContain(`get_deliberation tells how far ${queryId} is`)
    expect(leaving.orchestrator.cancelled).toEqual([])
  })
})
