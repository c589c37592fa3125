import type { DurableEvent, LiveEvent } from '@concord/contracts/live-events'
import { AppError } from '@concord/service-kit/errors'
import { describe, expect, test } from 'vitest'
import { aCaller, anAcceptedQuery, anEvent, aQueryId } from '../../test/fake-orchestrator.ts'
import type { Connections } from '../live/connections.ts'
import type { Council } from '../ports.ts'
import { councilClient } from './ask-council.ts'

const queryId = aQueryId('1')
const body = { query: 'What is 6 * 7?' }
const delta: LiveEvent = {
  type: 'synthesis_delta',
  query_id: queryId,
  at: '2026-01-01T00:00:00.000Z',
  data: { model: 'gpt5', round: 0, attempt: 1, text: 'for' },
}

/** A council whose every step the test decides. */
function aScene({ events = [], ended = false }: { events?: DurableEvent[]; ended?: boolean } = {}) {
  const stored = { events, ended, down: 0 }
  const submissions: string[] = []
  const cancelled: string[] = []
  const trouble: { submit: Error[]; cancel: Error[] } = { submit: [], cancel: [] }
  let hear: (text: string) => void = () => {}
  const listening = Promise.withResolvers<void>()
  const held = new Set<Parameters<Connections['open']>[0]>()
  const log: string[] = []
  const submitting = { until: Promise.resolve() }

  const council: Council = {
    async submit({ idempotencyKey }) {
      const replayed = submissions.includes(idempotencyKey)
      submissions.push(idempotencyKey)
      await submitting.until
      const error = trouble.submit.shift()
      if (error) throw error
      return { ...anAcceptedQuery(queryId), replayed }
    },
    async cancel(query) {
      const error = trouble.cancel.shift()
      if (error) throw error
      cancelled.push(query.queryId)
    },
    deliberation: () => Promise.reject(new Error('not asked for')),
    panel: () => Promise.reject(new Error('not asked for')),
  }
  const client = councilClient({
    council,
    history: {
      async after(_query, seq) {
        if (stored.down > 0) {
          stored.down -= 1
          throw new AppError('unavailable', 'the history is down')
        }
        const last = stored.events.at(-1)?.seq ?? 0
        return { ended: stored.ended, lastSeq: last, events: stored.events.filter((event) => event.seq > seq) }
      },
    },
    feed: {
      async follow(_queryId, listener) {
        hear = listener
        listening.resolve()
        return async () => {}
      },
    },
    connections: {
      open(connection) {
        held.add(connection)
        return () => void held.delete(connection)
      },
      closeAll() {},
    },
    wait: () => new Promise((resolve) => setImmediate(resolve)),
    log: { warn: () => {}, error: (_details, message) => void log.push(message) },
  })
  const say = async (...said: LiveEvent[]) => {
    await listening.promise
    for (const event of said) hear(JSON.stringify(event))
  }
  return {
    ...client,
    stored,
    submissions,
    cancelled,
    trouble,
    submitting,
    held,
    log,
    say,
    listening: listening.promise,
  }
}

/** Asks and gathers what is heard. */
function asking(scene: ReturnType<typeof aScene>, o: { signal?: AbortSignal; idempotencyKey?: string } = {}) {
  const heard: LiveEvent[] = []
  const results = scene.ask({
    caller: aCaller(),
    body,
    signal: o.signal ?? new AbortController().signal,
    onEvent: (event) => void heard.push(event),
    ...(o.idempotencyKey === undefined ? {} : { idempotencyKey: o.idempotencyKey }),
  })
  results.catch(() => {})
  return { results, told: () => heard.map((event) => ('seq' in event ? event.seq : event.type)) }
}

const turns = () => new Promise((resolve) => setTimeout(resolve, 20))
const outage = () => new AppError('unavailable', 'out of reach', { retryAfterS: 1 })

describe('a council that is followed to its end', () => {
  test('gives durable events in order and deltas as they come, then the results, and its place back', async () => {
    const scene = aScene({ events: [anEvent(queryId, 1)] })
    const { results, told } = asking(scene)
    await turns()
    await scene.say(anEvent(queryId, 2), delta, anEvent(queryId, 3, true))

    expect(await results).toMatchObject({ query_id: queryId, status: 'cancelled' })
    expect(told()).toEqual([1, 2, 'synthesis_delta', 3])
    expect(scene.held.size).toBe(0)
    expect(scene.cancelled).toEqual([])
  })

  test('fills what the live channel lost from the history', async () => {
    const scene = aScene({ events: [anEvent(queryId, 1)] })
    const { results, told } = asking(scene)
    await turns()
    scene.stored.events.push(anEvent(queryId, 2), anEvent(queryId, 3), anEvent(queryId, 4, true))
    scene.stored.ended = true
    await scene.say(anEvent(queryId, 3))
    await results

    expect(told()).toEqual([1, 2, 3, 4])
  })

  test('finds a final event that was lost at the next heartbeat', async () => {
    const scene = aScene({ events: [anEvent(queryId, 1)] })
    const { results, told } = asking(scene)
    await turns()
    scene.stored.events.push(anEvent(queryId, 2, true))
    scene.stored.ended = true
    for (const { beat } of scene.held) beat()

    expect(await results).toMatchObject({ status: 'cancelled' })
    expect(told()).toEqual([1, 2])
  })

  test('outlasts a history that cannot be read, at the start and in the middle', async () => {
    const scene = aScene({ events: [anEvent(queryId, 1)] })
    scene.stored.down = 4
    const { results, told } = asking(scene)
    await turns()
    scene.stored.down = 3
    scene.stored.events.push(anEvent(queryId, 2), anEvent(queryId, 3), anEvent(queryId, 4, true))
    scene.stored.ended = true
    await scene.say(anEvent(queryId, 3))
    await results

    expect(told()).toEqual([1, 2, 3, 4])
  })

  test('gives the results of a query that had ended before', async () => {
    const scene = aScene({ events: [anEvent(queryId, 1), anEvent(queryId, 2, true)], ended: true })
    const { results, told } = asking(scene, { idempotencyKey: 'mine' })

    expect(await results).toMatchObject({ status: 'cancelled' })
    expect(told()).toEqual([1, 2])
    expect(scene.submissions).toEqual(['mine'])
  })

  test('says so when the query is gone', async () => {
    const scene = aScene()
    const { results } = asking(scene)
    await turns()
    scene.stored.ended = true
    for (const { beat } of scene.held) beat()

    await expect(results).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('a submission', () => {
  test('that is refused rejects with the refusal and is not repeated', async () => {
    const scene = aScene()
    scene.trouble.submit.push(new AppError('rate-limited', 'ten a day', { retryAfterS: 3_600 }))
    const { results } = asking(scene)

    await expect(results).rejects.toMatchObject({ code: 'rate-limited', headers: { 'retry-after': '3600' } })
    expect(scene.submissions).toHaveLength(1)
    expect(scene.held.size).toBe(0)
  })

  test('whose answer is lost is repeated with the same key, so that it costs no second query', async () => {
    const scene = aScene({ events: [anEvent(queryId, 1, true)], ended: true })
    scene.trouble.submit.push(outage(), outage())
    await asking(scene).results

    expect(scene.submissions).toHaveLength(3)
    expect(new Set(scene.submissions).size).toBe(1)
  })

  test('with a key that was used before is told to be a replay, and one that only had to be repeated is not', async () => {
    const scene = aScene({ events: [anEvent(queryId, 1, true)], ended: true })
    let replays = 0
    const ask = () =>
      scene.ask({
        caller: aCaller(),
        body,
        signal: new AbortController().signal,
        idempotencyKey: 'mine',
        onReplay: () => (replays += 1),
      })
    scene.trouble.submit.push(outage())
    await ask()
    expect(replays).toBe(0)
    await ask()
    expect(replays).toBe(1)
  })

  test('that never gets through rejects after a few attempts', async () => {
    const scene = aScene()
    scene.trouble.submit.push(...Array.from({ length: 9 }, outage))

    await expect(asking(scene).results).rejects.toMatchObject({ code: 'unavailable' })
    expect(scene.submissions).toHaveLength(3)
  })
})

describe('an abort', () => {
  test('before the submission asks for nothing', async () => {
    const scene = aScene()

    await expect(asking(scene, { signal: AbortSignal.abort(new Error('gone')) }).results).rejects.toThrow('gone')
    expect(scene.submissions).toEqual([])
  })

  test('during the submission rejects at once, and cancels the query as soon as it has a name', async () => {
    const scene = aScene()
    const gate = Promise.withResolvers<void>()
    scene.submitting.until = gate.promise
    const stop = new AbortController()
    const { results } = asking(scene, { signal: stop.signal })
    stop.abort(new Error('gone'))

    await expect(results).rejects.toThrow('gone')
    expect(scene.cancelled).toEqual([])
    gate.resolve()
    await scene.close()
    expect(scene.cancelled).toEqual([queryId])
  })

  test('in the middle cancels the query, again and again where that fails, and tells nothing more', async () => {
    const scene = aScene({ events: [anEvent(queryId, 1)] })
    scene.trouble.cancel.push(outage(), outage(), outage())
    const stop = new AbortController()
    const { results, told } = asking(scene, { signal: stop.signal })
    await turns()
    stop.abort(new Error('gone'))
    await expect(results).rejects.toThrow('gone')
    await scene.say(anEvent(queryId, 2))
    await scene.close()

    expect(scene.cancelled).toEqual([queryId])
    expect(told()).toEqual([1])
    expect(scene.held.size).toBe(0)
  })

  test('whose cancellation cannot be delivered is logged', async () => {
    const scene = aScene({ events: [anEvent(queryId, 1)] })
    scene.trouble.cancel.push(...Array.from({ length: 20 }, outage))
    const stop = new AbortController()
    const { results } = asking(scene, { signal: stop.signal })
    await turns()
    stop.abort(new Error('gone'))
    await expect(results).rejects.toThrow('gone')
    await scene.close()

    expect(scene.cancelled).toEqual([])
    expect(scene.log.join('')).toContain('was not cancelled')
  })
})

test('a listener that throws has gone: its query is cancelled', async () => {
  const scene = aScene({ events: [anEvent(queryId, 1)] })
  const onEvent = () => {
    throw new Error('the stream is closed')
  }
  const results = scene.ask({ caller: aCaller(), body, signal: new AbortController().signal, onEvent })

  await expect(results).rejects.toThrow('the stream is closed')
  await scene.close()
  expect(scene.cancelled).toEqual([queryId])
})

test('a session that ends cuts its askers off, and leaves their query running', async () => {
  const scene = aScene({ events: [anEvent(queryId, 1)] })
  const { results } = asking(scene)
  await turns()
  for (const { cutOff } of scene.held) cutOff('the session has ended', 'unauthenticated')

  await expect(results).rejects.toMatchObject({ code: 'unauthenticated', message: expect.stringContaining(queryId) })
  await scene.close()
  expect(scene.cancelled).toEqual([])
})
