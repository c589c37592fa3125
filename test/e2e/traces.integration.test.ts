import { setTimeout as sleep } from 'node:timers/promises'
import { apiClient, registerUser, textAt } from '@concord/testing/api-client'
import { emulatorControl } from '@concord/testing/emulator-control'
import type { ReceivedSpan } from '@concord/testing/otlp-spans'
import { startTraceCollector } from '@concord/testing/trace-collector'
import type { TraceCollector } from '@concord/testing/trace-collector'
import { patienceMs } from '@concord/testing/patience'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { completedResults } from './deliberations.ts'
import { doorUser } from './door-user.ts'
import { startFleet } from './fleet.ts'
import { embeddedMesh } from './meshes.ts'

type Running = {
  url: string
  emulators: string
  log(): Promise<string>
  stop(): Promise<unknown>
  close(): Promise<void>
}

/** Of nobody's invention but this test's, so that they are found wherever they stand. */
const planted = ['Quetzalina', 'Wintermorgen']
const question = `${planted[0]} left ${planted[1]} with 17 * 23 coins. What is 17 * 23?`
const caller = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
const doorTraceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const settingsOf = (collector: TraceCollector) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, LOG_LEVEL: 'info' })

describe.each([
  { place: 'in one process', start: embeddedMesh },
  { place: 'in processes of their own, over RabbitMQ', start: startFleet },
])('the traces of services $place', ({ start }) => {
  let collector: TraceCollector
  let mesh: Running
  let spans: ReceivedSpan[]
  let log: Record<string, unknown>[]
  let secrets: string[]

  beforeAll(async () => {
    collector = await startTraceCollector()
    mesh = await start(settingsOf(collector))
    const user = await registerUser(apiClient(mesh.url))
    await emulatorControl(mesh.emulators).fault({ provider: 'anthropic', times: 1, fault: { kind: 'server_error' } })
    const accepted = await user.api.post(
      '/queries',
      { query: question, models: ['gpt5', 'claude'] },
      { traceparent: `00-${caller.traceId}-${caller.spanId}-00` },
    )
    await completedResults(user.api, textAt(accepted.body, 'query_id'))
    const door = await doorUser(mesh)
    const chat = await fetch(`${door.baseURL}/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${door.key}`,
        'content-type': 'application/json',
        traceparent: `00-${doorTraceId}-${caller.spanId}-01`,
      },
      body: JSON.stringify({ model: 'gpt5', messages: [{ role: 'user', content: question }] }),
    })
    if (!chat.ok) throw new Error(`the door answered ${chat.status}: ${await chat.text()}`)
    await chat.text()
    await untilWhole(collector)
    await mesh.stop()
    spans = collector.spans()
    log = readLog(await mesh.log())
    secrets = [user.email, user.token, user.id, door.key, ...planted]
  })
  afterAll(async () => {
    await mesh?.close()
    await collector?.close()
  })

  const ofQuery = () => spans.filter(({ traceId }) => traceId === caller.traceId)

  test('one tree holds a query from the gateway to the providers and back', () => {
    const ids = new Set(ofQuery().map(({ spanId }) => spanId))
    const roots = ofQuery().filter(({ parentId }) => !ids.has(parentId))
    expect(roots).toMatchObject([
      { service: 'gateway', kind: 'server', name: 'POST /api/v1/queries', parentId: caller.spanId },
    ])

    const [chat] = ofQuery()
      .filter(({ name }) => name === 'chat gpt5')
      .toSorted((a, b) => Number(a.startedAt - b.startedAt))
    expect(wayTo(spans, chat)).toEqual([
      'gateway: POST /api/v1/queries',
      'gateway: POST',
      'consensus-orchestrator: POST /queries',
      'consensus-orchestrator: send query.submitted.v1',
      'consensus-orchestrator: process query.submitted.v1',
      'consensus-orchestrator: send turn.requested.v1',
      'ai-inference: process turn.requested.v1',
      'ai-inference: chat gpt5',
    ])
    const back = ofQuery().find(({ name }) => name === 'process turn.completed.v1')
    expect(wayTo(spans, back).slice(-3)).toEqual([
      'ai-inference: process turn.requested.v1',
      'ai-inference: send turn.completed.v1',
      'consensus-orchestrator: process turn.completed.v1',
    ])
    expect(ofQuery().filter(({ startedAt, endedAt }) => endedAt < startedAt)).toEqual([])
  })

  test('each attempt to ask a model is a span with its model, provider, tokens and end', () => {
    const [first, second] = ofQuery()
      .filter(({ name }) => name === 'chat claude')
      .toSorted((a, b) => Number(a.startedAt - b.startedAt))
    expect(first).toMatchObject({ kind: 'client', failed: true })
    expect(first?.attributes).toMatchObject({ 'concord.attempt': 1, 'error.type': 'upstream_error' })
    expect(second).toMatchObject({ kind: 'client', failed: false, parentId: first?.parentId })
    expect(second?.attributes).toMatchObject({
      'concord.attempt': 2,
      'concord.model': 'claude',
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': expect.any(String),
      'gen_ai.response.model': expect.any(String),
      'gen_ai.usage.input_tokens': expect.any(Number),
      'gen_ai.usage.output_tokens': expect.any(Number),
      'gen_ai.response.finish_reasons': ['stop'],
    })
  })

  test('the call of a single model is a tree as well', () => {
    const chat = spans.find(({ traceId, name }) => traceId === doorTraceId && name === 'chat gpt5')
    const way = wayTo(spans, chat)

    expect(way[0]).toBe('gateway: POST /v1/chat/completions')
    expect(way.slice(-2)).toEqual(['ai-inference: POST /v1/chat/completions', 'ai-inference: chat gpt5'])
  })

  test('the logs of the query bear the same trace', () => {
    const lines = log.filter(({ trace_id: id }) => id === caller.traceId)
    const from = (service: string, msg: string) =>
      lines.filter((line) => (line['service'] ?? line['name']) === service && line['msg'] === msg)

    expect(from('gateway', 'request')).toMatchObject([{ method: 'POST', status: 202 }])
    expect(from('consensus-orchestrator', 'request')).toMatchObject([{ method: 'POST', status: 202 }])
    expect(from('ai-inference', 'a call to a model failed')).toMatchObject([{ provider: 'anthropic' }])
  })

  test('nothing of it says who asked, what was asked, or a secret', () => {
    const told = Buffer.concat(collector.bodies())

    expect(told.length).toBeGreaterThan(0)
    expect(secrets.filter((text) => told.includes(text))).toEqual([])
  })
})

test('a collector that hangs is no matter of the mesh', async () => {
  const collector = await startTraceCollector()
  collector.answer('never')
  const mesh = await embeddedMesh(settingsOf(collector))
  try {
    const { api } = await registerUser(apiClient(mesh.url))
    const accepted = await api.post('/queries', { query: question, models: ['gpt5', 'claude'] })
    await completedResults(api, textAt(accepted.body, 'query_id'))

    expect(await mesh.stop()).toMatchObject({ code: 0 })
  } finally {
    await mesh.close()
    await collector.close()
  }
})

/** Until the collector has both trees: a process that ends on a busy machine hands over what it can in its two seconds. */
async function untilWhole(collector: TraceCollector): Promise<void> {
  const giveUpAt = Date.now() + patienceMs
  for (;;) {
    const spans = collector.spans()
    const missing = [
      ...missingFrom(spans, caller.traceId, 'send query.completed.v1'),
      ...missingFrom(spans, doorTraceId, 'chat gpt5'),
    ]
    if (missing.length === 0) return
    if (Date.now() > giveUpAt) throw new Error(`the collector waits in vain for ${missing.join(', ')}`)
    await sleep(200)
  }
}

/** The last span of a trace, and the parents that its spans name, the caller apart. */
function missingFrom(spans: readonly ReceivedSpan[], traceId: string, last: string): string[] {
  const own = spans.filter((span) => span.traceId === traceId)
  const ids = new Set([caller.spanId, ...own.map(({ spanId }) => spanId)])
  const orphans = own.filter(({ parentId }) => !ids.has(parentId)).map(({ name }) => `the parent of ${name}`)
  return own.some(({ name }) => name === last) ? orphans : [last, ...orphans]
}

/** From the root to the span, each as `service: name`; which of it is a transaction is the service's own matter. */
function wayTo(spans: readonly ReceivedSpan[], span: ReceivedSpan | undefined): string[] {
  if (!span) return []
  const parent = spans.find(({ traceId, spanId }) => traceId === span.traceId && spanId === span.parentId)
  return [...wayTo(spans, parent), ...(span.name === 'transaction' ? [] : [`${span.service}: ${span.name}`])]
}

function readLog(text: string): Record<string, unknown>[] {
  return text.split('\n').flatMap((line): Record<string, unknown>[] => (line.startsWith('{') ? [JSON.parse(line)] : []))
}
