import { get } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildServer } from '../test/build-server.ts'
import { fakeRecorder } from '../test/fake-recorder.ts'

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

let traces: ReturnType<typeof fakeRecorder>
let server: ReturnType<typeof buildServer>['server']
let url: string
let reached: PromiseWithResolvers<void>
beforeEach(async () => {
  traces = fakeRecorder()
  server = buildServer({ traces }).server
  reached = Promise.withResolvers()
  server.get('/slow', () => {
    reached.resolve()
    return new Promise(() => {})
  })
  url = await server.listen({ host: '127.0.0.1', port: 0 })
})
afterEach(() => server.close())

const ended = () => traces.spans.filter(({ end }) => end !== undefined)

test('a request is a span of its caller’s trace, named by the route and never by the path', async () => {
  const response = await fetch(`${url}/things/anna@example.org?q=secret`, {
    method: 'POST',
    headers: { traceparent, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'a private name' }),
  })
  await response.text()
  await expect.poll(ended).toHaveLength(1)

  const [span] = ended()
  expect(span).toMatchObject({ name: 'POST /things/:id', kind: 'server', parentId: 'b7ad6b7169203331', end: '' })
  expect(span?.attributes).toEqual({
    'http.request.method': 'POST',
    'http.route': '/things/:id',
    'url.scheme': 'http',
    'http.response.status_code': 200,
  })
})

test('a fault of ours is a failed span, one of the caller’s is not', async () => {
  await (await fetch(`${url}/broken`)).text()
  await (await fetch(`${url}/nowhere/secret`)).text()
  await expect.poll(ended).toHaveLength(2)

  expect(traces.spans.map(({ name, end }) => ({ name, end }))).toEqual([
    { name: 'GET /broken', end: '500' },
    { name: 'GET', end: '' },
  ])
})

test('a caller who leaves ends the span', async () => {
  const request = get(`${url}/slow`).on('error', () => {})
  await reached.promise
  request.destroy()

  await expect.poll(ended).toHaveLength(1)
  expect(ended()[0]).toMatchObject({ name: 'GET /slow', end: 'client_left' })
})

test('probes leave no spans', async () => {
  for (const path of ['/health', '/ready', '/metrics']) await (await fetch(`${url}${path}`)).text()

  expect(traces.spans).toEqual([])
})
