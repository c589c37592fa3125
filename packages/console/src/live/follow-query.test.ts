import { expect, test } from 'vitest'
import type { LiveEvent } from '@concord/contracts/live-events'
import { answered, cancelled, queryId, roundStarted, started } from '../../test/live-builders.ts'
import { applyEvent, isMissingEvents, newDeliberation } from './deliberation.ts'
import { followQuery, type Link, type LiveSource } from './follow-query.ts'
import type { LiveFrame } from './live-frame.ts'

const log = [started(1), roundStarted(2), answered(3), cancelled(4)]

/** A server that has the whole log, and plays it as each connection is told to. */
async function follow(o: { socket: LiveSource; eventStream?: LiveSource; poll?: () => Promise<void> }) {
  const leaving = new AbortController()
  const links: Link[] = []
  const events: LiveEvent[] = []
  let state = newDeliberation(queryId)
  let hasPolled = false
  await followQuery({
    socket: o.socket,
    eventStream: o.eventStream ?? (() => Promise.reject(new Error('no stream'))),
    poll: async () => {
      await o.poll?.()
      hasPolled = true
    },
    lastSeq: () => state.lastSeq,
    isMissingEvents: () => isMissingEvents(state),
    hasEnded: () => state.isComplete || hasPolled,
    onEvent: (event) => {
      events.push(event)
      state = applyEvent(state, event)
    },
    onLink: (link) => links.push(link),
    wait: () => Promise.resolve(),
    signal: leaving.signal,
  })
  return { links, events, state }
}

function playing(frames: (after: number) => LiveFrame[], o: { breaks?: boolean } = {}): LiveSource {
  return async ({ after, onFrame, onOpen }) => {
    onOpen()
    for (const frame of frames(after)) onFrame(frame)
    if (o.breaks) throw new Error('cut')
  }
}

function inTurn(...sources: LiveSource[]): { source: LiveSource; afters: number[] } {
  const afters: number[] = []
  return {
    afters,
    source: (o) => {
      afters.push(o.after)
      const source = sources[Math.min(afters.length, sources.length) - 1]
      return source ? source(o) : Promise.reject(new Error('none'))
    },
  }
}

const rest = playing((after) => log.filter(({ seq }) => seq > after))

test('goes on after the last event when a socket is cut', async () => {
  const { source, afters } = inTurn(
    playing(() => log.slice(0, 2), { breaks: true }),
    rest,
  )

  const { state, links, events } = await follow({ socket: source })

  expect(afters).toEqual([0, 2])
  expect(events.map((event) => 'seq' in event && event.seq)).toEqual([1, 2, 3, 4])
  expect(state.isComplete).toBe(true)
  expect(links).toEqual(['connecting', 'live', 'reconnecting', 'live', 'ended'])
})

test('connects anew when an event was lost on the way', async () => {
  const { source, afters } = inTurn(
    playing(() => [started(1), answered(3)]),
    rest,
  )

  const { state } = await follow({ socket: source })

  expect(afters).toEqual([0, 1])
  expect(state.isComplete).toBe(true)
})

test('connects anew when a heartbeat is ahead of what was received', async () => {
  const heartbeat: LiveFrame = { type: 'heartbeat', query_id: queryId, seq: 3, at: '2026-11-20T10:00:00.000Z' }
  const { source, afters } = inTurn(
    playing(() => [started(1), heartbeat, roundStarted(2)]),
    rest,
  )

  const { state } = await follow({ socket: source })

  expect(afters).toEqual([0, 1])
  expect(state.isComplete).toBe(true)
})

test('takes a socket up again that is closed while nothing happens, as often as it takes', async () => {
  const heartbeat: LiveFrame = { type: 'heartbeat', query_id: queryId, seq: 2, at: '2026-11-20T10:00:00.000Z' }
  const quiet = playing(() => [heartbeat], { breaks: true })
  const { source, afters } = inTurn(
    playing(() => log.slice(0, 2), { breaks: true }),
    ...Array.from({ length: 6 }, () => quiet),
    rest,
  )

  const { state, links } = await follow({ socket: source })

  expect(afters).toEqual([0, 2, 2, 2, 2, 2, 2, 2])
  expect(state.isComplete).toBe(true)
  expect(links).not.toContain('polling')
})

test('leaves a socket for good that keeps events back', async () => {
  const heartbeat: LiveFrame = { type: 'heartbeat', query_id: queryId, seq: 3, at: '2026-11-20T10:00:00.000Z' }
  const { source, afters } = inTurn(playing(() => [heartbeat]))

  const { state } = await follow({ socket: source, eventStream: rest })

  expect(afters).toEqual([0, 0])
  expect(state.isComplete).toBe(true)
})

test('takes the event stream when sockets fail', async () => {
  const { state } = await follow({ socket: () => Promise.reject(new Error('no sockets')), eventStream: rest })

  expect(state.isComplete).toBe(true)
})

test('polls when neither sockets nor streams work', async () => {
  let polls = 0
  const { links } = await follow({
    socket: () => Promise.reject(new Error('no sockets')),
    poll: async () => {
      polls += 1
    },
  })

  expect(polls).toBe(1)
  expect(links.at(-1)).toBe('ended')
})
