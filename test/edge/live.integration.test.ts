import { apiClient } from '@concord/testing/api-client'
import type { ApiClient } from '@concord/testing/api-client'
import { readEventStream, openSocket } from '@concord/testing/live-reader'
import { startEdgeReplica } from '@concord/testing/edge-replica'
import type { EdgeReplica } from '@concord/testing/edge-replica'
import { startEdge } from '@concord/testing/edge-process'
import type { EdgeProcess } from '@concord/testing/edge-process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trust } from './client.ts'

let replica: EdgeReplica
let edge: EdgeProcess

beforeAll(async () => {
  replica = await startEdgeReplica()
  edge = await startEdge({ EDGE_GATEWAYS: replica.address })
  trust(edge)
})
afterAll(async () => {
  await edge.close()
  await replica.kill()
})

const streams = [
  ['GET', '/api/v1/queries/qry_1/events'],
  ['POST', '/v1/chat/completions'],
  ['POST', '/mcp'],
] as const

describe.each(streams)('the event stream of %s %s', (method, path) => {
  test('brings each event before the next is sent, though the client takes gzip', async () => {
    const response = await fetch(`${edge.url}${path}`, { method, headers: { 'accept-encoding': 'gzip' } })
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()

    for (const event of ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']) {
      await replica.push(event)
      expect((await reader?.read())?.value).toBe(event)
    }
    await replica.endStreams()
    expect((await reader?.read())?.done).toBe(true)
    expect(response.headers.get('content-encoding')).toBeNull()
  })

  test('ends at the gateway when the client leaves', async () => {
    const leave = new AbortController()
    await fetch(`${edge.url}${path}`, { method, signal: leave.signal })
    expect(await replica.streams()).toBe(1)

    leave.abort()

    await expect.poll(() => replica.streams()).toBe(0)
  })
})

test('an event stream stays open over a reload', async () => {
  const reading = readEventStream(anyone(), 'qry_1')
  await expect.poll(() => replica.streams()).toBe(1)

  await edge.reload()
  const event = { type: 'heartbeat', query_id: 'qry_1', at: 'now' }
  await replica.push(`event: heartbeat\ndata: ${JSON.stringify(event)}\n\n`)
  await replica.endStreams()

  expect((await reading).messages).toEqual([event])
})

test.each(['/ws/qry_1?after=3', '/ws', '/voice/ws/vse_1'])('a socket at %s goes both ways', async (path) => {
  const socket = await openSocket(anyone(), path)
  expect((await socket.until(({ type }) => type === 'open')).data).toBe(`/api/v1${path}`)

  socket.send('to and fro')
  await socket.until(({ data }) => data === 'to and fro')
  socket.close()

  expect(await socket.closed).toEqual({ code: 1005 })
})

test('a socket stays open over reloads', async () => {
  const socket = await openSocket(anyone(), '/ws')
  for (const text of ['first', 'second', 'third']) {
    socket.send(text)
    await socket.until(({ data }) => data === text)
    if (text !== 'third') await edge.reload()
  }
  socket.close()

  expect(await socket.closed).toEqual({ code: 1005 })
})

test('a socket of a caller who is refused is an ordinary answer', async () => {
  await expect(openSocket(anyone(), '/internal/ws')).rejects.toThrow('404')
})

function anyone(): ApiClient {
  return apiClient(edge.url)
}
