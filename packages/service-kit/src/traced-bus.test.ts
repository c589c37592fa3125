import type { Bus, BusMessage, Delivery, Subscription } from '@concord/messaging/bus'
import { expect, test } from 'vitest'
import { fakeRecorder } from '../test/fake-recorder.ts'
import { tracedBus, tracedSubscriptions } from './traced-bus.ts'
import { currentTrace, parseTraceparent } from './trace.ts'

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const message = (headers: Record<string, string>): BusMessage => ({
  id: 'm1',
  type: 'thing.made.v1',
  body: {},
  headers,
})
const delivery = (body: unknown, headers = { traceparent }): Delivery => ({
  ...message(headers),
  body,
  attempt: 2,
  signal: new AbortController().signal,
})

test('a message goes out in a span of its sender’s trace, from which its consumer continues', async () => {
  const recorder = fakeRecorder()
  const sent: BusMessage[] = []
  const bus = tracedBus(
    { publish: async (messages: readonly BusMessage[]) => void sent.push(...messages) },
    { recorder, system: 'rabbitmq' },
  )
  await bus.publish([message({ traceparent }), message({})])

  const [span] = recorder.spans
  expect(recorder.spans).toHaveLength(1)
  expect(span).toMatchObject({ name: 'send thing.made.v1', kind: 'producer', parentId: 'b7ad6b7169203331', end: '' })
  expect(parseTraceparent(sent[0]?.headers['traceparent'])).toMatchObject({ spanId: span?.trace.spanId })
  expect(sent[1]?.headers).toEqual({})
})

test('a broker that refuses fails the spans, and its error goes on', async () => {
  const recorder = fakeRecorder()
  const refusal = new RangeError('the broker is full')
  const full: Pick<Bus, 'publish'> = { publish: () => Promise.reject(refusal) }
  const bus = tracedBus(full, { recorder, system: 'rabbitmq' })

  await expect(bus.publish([message({ traceparent })])).rejects.toBe(refusal)
  expect(recorder.spans).toMatchObject([{ end: 'RangeError' }])
})

test.each([
  { body: { correlation_id: 'qry_1' }, told: 'qry_1' },
  { body: { correlation_id: 'Anna asked: what?' }, told: undefined },
  { body: 'no object', told: undefined },
  { body: null, told: undefined },
])('a delivery of $body is handled in a span about $told', async ({ body, told }) => {
  const recorder = fakeRecorder()
  let inside: string | undefined
  const subscription: Subscription = {
    type: 'thing.made.v1',
    handler: 'shop.thing.made.v1',
    handle: async () => void (inside = currentTrace()?.spanId),
  }
  const [traced] = tracedSubscriptions([subscription], recorder)
  await traced?.handle(delivery(body))

  const [span] = recorder.spans
  expect(span).toMatchObject({ name: 'process thing.made.v1', kind: 'consumer', parentId: 'b7ad6b7169203331', end: '' })
  expect(span?.attributes['messaging.message.conversation_id']).toBe(told)
  expect(span?.attributes['concord.attempt']).toBe(2)
  expect(inside).toBe(span?.trace.spanId)
})

test('without a recorder a handler still follows its sender’s trace', async () => {
  let inside: string | undefined
  const handle = async () => void (inside = currentTrace()?.traceId)
  const [traced] = tracedSubscriptions([{ type: 't', handler: 'h', handle }], undefined)
  await traced?.handle(delivery({}))

  expect(inside).toBe('0af7651916cd43dd8448eb211c80319c')
})
