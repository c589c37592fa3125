import { startTraceCollector } from '@concord/testing/trace-collector'
import type { TraceCollector } from '@concord/testing/trace-collector'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLogger } from './logging.ts'
import { createMetrics } from './metrics.ts'
import { openRecorder } from './open-recorder.ts'
import { openTraceExport } from './trace-export.ts'
import type { TraceSettings } from './trace-settings.ts'
import { parseTraceparent, withTrace, inSpan, currentTraceparent } from './trace.ts'
import type { Trace } from './trace.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const caller = (flags: string): Trace => ({ traceId, spanId: 'b7ad6b7169203331', flags })
const usual = { OTEL_TRACES_SAMPLER: 'parentbased_always_on', OTEL_TRACES_SAMPLER_ARG: 1 } as const

let collector: TraceCollector
beforeEach(async () => {
  collector = await startTraceCollector()
})
afterEach(() => collector.close())

function open(settings: Partial<TraceSettings> = {}, facesClients = false) {
  const lines: string[] = []
  const logger = createLogger('shop', 'info', { write: (line: string) => void lines.push(line) })
  const metrics = createMetrics('shop')
  const endpoint = collector.url
  const exported = openTraceExport({
    service: 'shop',
    endpoint,
    settings: { ...usual, ...settings },
    facesClients,
    metrics,
    logger,
  })
  const dropped = async () => {
    const found = await metrics.getSingleMetric('trace_spans_dropped_total')?.get()
    return Object.fromEntries((found?.values ?? []).map(({ labels, value }) => [labels['reason'], value]))
  }
  return { ...exported, lines, dropped }
}

test('spans come with their parents, their service and nothing but what was told', async () => {
  const { recorder, close } = open({ OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20secret,x-tenant=t1' })
  const server = recorder.begin('GET /things', {
    kind: 'server',
    parent: caller('01'),
    attributes: { 'http.route': '/things' },
  })
  const said = await withTrace(server.trace, () =>
    inSpan(
      'chat gpt5',
      { kind: 'client', attributes: { 'gen_ai.usage.input_tokens': 7, ratio: 0.5 } },
      async (span) => {
        span.set({ 'gen_ai.response.finish_reasons': ['stop'], absent: undefined })
        return currentTraceparent()
      },
    ),
  )
  server.set({ 'http.response.status_code': 200 })
  server.end()
  await expect.poll(() => collector.spans()).toHaveLength(2)
  await close()

  const [first, second] = ['GET /things', 'chat gpt5'].map((of) => collector.spans().find(({ name }) => name === of))
  expect(first).toMatchObject({
    traceId, parentId: 'b7ad6b7169203331', name: 'GET /things', kind: 'server', service: 'shop', failed: false,
    attributes: { 'http.route': '/things', 'http.response.status_code': 200 },
    resource: { 'service.name': 'shop', 'service.version': expect.stringMatching(/^\d+\.\d+\.\d+$/) },
  }) // prettier-ignore
  expect(second).toMatchObject({ traceId, parentId: first?.spanId, kind: 'client' })
  expect(second?.attributes).toEqual({
    'gen_ai.usage.input_tokens': 7,
    ratio: 0.5,
    'gen_ai.response.finish_reasons': ['stop'],
  })
  expect(parseTraceparent(said)).toMatchObject({ traceId, spanId: second?.spanId, flags: '01' })
  expect(collector.headers()[0]).toMatchObject({ authorization: 'Bearer secret', 'x-tenant': 't1' })
})

test('a failure is told by a short name, never by its message', async () => {
  const { recorder, close } = open()
  const span = recorder.begin('process', { kind: 'consumer', parent: undefined })
  const failure = Object.assign(new Error('Anna asked how to leave her husband'), { code: 'UND_ERR_SOCKET' })
  const work = withTrace(span.trace, () => inSpan('inner', { kind: 'client' }, () => Promise.reject(failure)))
  await expect(work).rejects.toBe(failure)
  span.end()
  await expect.poll(() => collector.spans()).toHaveLength(2)
  await close()

  const inner = collector.spans().find(({ name }) => name === 'inner')
  expect(inner).toMatchObject({ failed: true, attributes: { 'error.type': 'UND_ERR_SOCKET' } })
  expect(Buffer.concat(collector.bodies()).includes('Anna')).toBe(false)
})

describe('what is recorded', () => {
  test.each([
    { sampler: 'parentbased_always_on', flags: '00', facesClients: false, recorded: false },
    { sampler: 'parentbased_always_on', flags: '00', facesClients: true, recorded: true },
    { sampler: 'parentbased_always_off', flags: '01', facesClients: false, recorded: true },
    { sampler: 'parentbased_always_off', flags: '01', facesClients: true, recorded: false },
    { sampler: 'parentbased_traceidratio', share: 0, flags: '01', facesClients: true, recorded: false },
    { sampler: 'parentbased_traceidratio', share: 1, flags: '00', facesClients: true, recorded: true },
    { sampler: 'traceidratio', share: 0, flags: '01', facesClients: false, recorded: false },
    { sampler: 'always_on', flags: '00', facesClients: false, recorded: true },
    { sampler: 'always_off', flags: '01', facesClients: false, recorded: false },
  ] as const)('$sampler (share $share) after a caller with $flags, a stranger: $facesClients', async (row) => {
    const share = 'share' in row ? row.share : 1
    const settings = { OTEL_TRACES_SAMPLER: row.sampler, OTEL_TRACES_SAMPLER_ARG: share }
    const { recorder, close } = open(settings, row.facesClients)
    const span = recorder.begin('GET', { kind: 'server', parent: caller(row.flags) })
    await withTrace(span.trace, () => inSpan('inside', { kind: 'client' }, async () => {}))
    span.end()
    await expect.poll(() => collector.spans()).toHaveLength(row.recorded ? 2 : 0)
    await close()

    expect(span.trace).toMatchObject({ traceId, flags: row.recorded ? '01' : '00' })
    expect(collector.spans().map(({ name }) => name)).toEqual(row.recorded ? ['inside', 'GET'] : [])
  })
})

describe('a collector in trouble', () => {
  const record = ({ recorder }: ReturnType<typeof open>, count: number) => {
    for (let n = 0; n < count; n += 1) recorder.begin('work', { kind: 'internal', parent: undefined }).end()
  }

  test('that hangs costs the spans that do not fit, and the end is not held up', async () => {
    collector.answer('never')
    const opened = open()
    record(opened, 3_000)
    expect(await opened.dropped()).toEqual({ queue_full: 952, undelivered: 0, shutdown: 0 })
    await opened.close()

    expect(await opened.dropped()).toEqual({ queue_full: 952, undelivered: 0, shutdown: 2_048 })
  })

  test('that refuses is told of once, and again when it takes them', async () => {
    collector.answer(400)
    const opened = open()
    for (let round = 1; round <= 2; round += 1) {
      record(opened, 512)
      await expect.poll(opened.dropped).toMatchObject({ undelivered: round * 512 })
    }
    collector.answer(200)
    record(opened, 512)
    await expect.poll(() => collector.spans().length).toBe(512)
    await opened.close()

    expect(opened.lines.map((line): unknown => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: 'warn',
        msg: 'traces cannot be delivered and are dropped until they can',
        reason: 400,
      }),
      expect.objectContaining({ level: 'info', msg: 'traces are delivered again' }),
    ])
  })

  test('that is not there is no failure of anything else', async () => {
    await collector.close()
    const opened = open()
    record(opened, 512)
    await opened.close()

    expect(await opened.dropped()).toEqual({
      queue_full: 0,
      undelivered: expect.any(Number),
      shutdown: expect.any(Number),
    })
    expect(opened.lines.length).toBeLessThanOrEqual(1)
    collector = await startTraceCollector()
  })
})

test('without a collector there is no recorder, and no metric of one', async () => {
  const metrics = createMetrics('shop')
  const options = { service: 'shop', facesClients: false, metrics, logger: createLogger('shop', 'silent') }

  expect(await openRecorder({ ...usual }, options)).toBeUndefined()
  expect(await metrics.metrics()).not.toContain('trace_spans')
})
