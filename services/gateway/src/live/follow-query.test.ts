import type { DurableEvent } from '@concord/contracts/live-events'
import { expect, test } from 'vitest'
import type { EventHistory, LiveFeed } from '../ports.ts'
import { followQuery } from './follow-query.ts'

const queryId = `qry_${'0'.repeat(32)}`
const query = { queryId, userId: 'usr_reader' }
const delta = JSON.stringify({ type: 'model_delta', query_id: queryId, at: '2026-11-20T12:00:00.000Z', data: {} })

function event(seq: number): DurableEvent {
  const data = { round: 0, next: 'synthesis' as const, reason: 'settled' }
  return { type: 'round_completed', query_id: queryId, seq, at: '2026-11-20T12:00:00.000Z', data }
}

/** A feed that speaks whenever the history is read: the worst moment. */
function scene({ events, whileReading }: { events: DurableEvent[] | undefined; whileReading: string[] }) {
  const sent: string[] = []
  let hear: (text: string) => void = () => {}
  const feed: LiveFeed = {
    follow: async (_queryId, listener) => {
      hear = listener
      return async () => {}
    },
  }
  const history: EventHistory = {
    after: async (_query, after) => {
      for (const text of whileReading) hear(text)
      await new Promise((resolve) => setImmediate(resolve))
      return events && { ended: false, lastSeq: events.length, events: events.filter(({ seq }) => seq > after) }
    },
  }
  const reader = {
    send: (_text: string, { type, seq }: { type: string; seq: number | undefined }) => sent.push(`${seq ?? type}`),
    ended: () => sent.push('ended'),
    failed: () => sent.push('failed'),
  }
  return { sent, follow: () => followQuery({ history, feed }, query, 0, reader), say: (text: string) => hear(text) }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 20))

test('tells a stranger nothing, not even what is said while the owner is looked up', async () => {
  const { sent, follow } = scene({ events: undefined, whileReading: [delta, JSON.stringify(event(1))] })

  expect(await follow()).toBeUndefined()
  await settled()

  expect(sent).toEqual([])
})

test('sends what was said while the history was read after it', async () => {
  const { sent, follow, say } = scene({ events: [event(1), event(2)], whileReading: [] })
  const following = follow()
  say(delta)
  say(JSON.stringify(event(3)))
  say(delta)
  await following
  await settled()

  expect(sent).toEqual(['1', '2', 'model_delta', '3', 'model_delta'])
})

test('leaves out deltas from before an event that the history gave', async () => {
  const { sent, follow, say } = scene({ events: [event(1), event(2)], whileReading: [] })
  const following = follow()
  say(delta)
  say(JSON.stringify(event(2)))
  await following
  await settled()

  expect(sent).toEqual(['1', '2'])
})

test('fills a gap in the live events from the history, in order', async () => {
  const events = [event(1)]
  const { sent, follow, say } = scene({ events, whileReading: [] })
  await follow()
  await settled()
  events.push(event(2), event(3))
  say(JSON.stringify(event(3)))
  await settled()

  expect(sent).toEqual(['1', '2', '3'])
})
