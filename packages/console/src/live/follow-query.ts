import type { LiveEvent } from '@concord/contracts/live-events'
import type { LiveFrame } from './live-frame.ts'

export type Link = 'connecting' | 'live' | 'reconnecting' | 'polling' | 'ended'

/** Reads frames from one connection. Resolves when the server has closed it in order, rejects when it broke. */
export type LiveSource = (o: {
  after: number
  onFrame: (frame: LiveFrame) => void
  onOpen: () => void
  signal: AbortSignal
}) => Promise<void>

export type FollowOptions = {
  socket: LiveSource
  eventStream: LiveSource
  /** Asks once for the present state. */
  poll: (signal: AbortSignal) => Promise<void>
  /** The last event that was taken in, in order. */
  lastSeq: () => number
  isMissingEvents: () => boolean
  hasEnded: () => boolean
  onEvent: (event: LiveEvent) => void
  onLink: (link: Link) => void
  wait: (ms: number, signal: AbortSignal) => Promise<void>
  signal: AbortSignal
}

const failuresMax = 2
const pollEveryMs = 2_000
/** After so many polls the better ways are tried again: the server may have been restarting. */
const pollsInARow = 5

/** Follows a query to its end over whatever works: socket, then event stream, then polling. Returns when it has ended or was told to stop. */
export async function followQuery(o: FollowOptions): Promise<void> {
  const isOver = () => o.signal.aborted || o.hasEnded()
  let failures = 0
  o.onLink('connecting')
  while (!isOver()) {
    if (failures >= 2 * failuresMax) {
      await pollForAWhile(o, isOver)
      failures = failuresMax - 1
      continue
    }
    const before = o.lastSeq()
    const wasGood = await readOnce(o, failures < failuresMax ? o.socket : o.eventStream)
    if (isOver()) break
    o.onLink('reconnecting')
    const hasMoved = o.lastSeq() > before
    // What works is good enough to go on with, the event stream included.
    if (!hasMoved && !wasGood) failures += 1
    else if (failures < failuresMax) failures = 0
    await o.wait(hasMoved ? 100 : backoffMs(failures), o.signal)
  }
  if (o.hasEnded()) o.onLink('ended')
}

/**
 * One connection, left as soon as an event turns out to be missing: reconnecting with `after` brings it. True where it brought something
 * and kept nothing back: servers end such connections too, when the token that opened them does, or when they restart.
 */
async function readOnce(o: FollowOptions, source: LiveSource): Promise<boolean> {
  let hasHeard = false
  let isMissing = false
  const connection = new AbortController()
  const signal = AbortSignal.any([o.signal, connection.signal])
  try {
    await source({
      after: o.lastSeq(),
      signal,
      onOpen: () => o.onLink('live'),
      onFrame: (frame) => {
        if (signal.aborted) return
        hasHeard = true
        if (frame.type === 'heartbeat') isMissing = frame.seq !== null && frame.seq > o.lastSeq()
        else {
          o.onEvent(frame)
          isMissing = o.isMissingEvents()
        }
        if (isMissing) connection.abort()
      },
    })
  } catch {
    // The loop tries again; the reader sees «reconnecting».
  } finally {
    connection.abort()
  }
  return hasHeard && !isMissing
}

async function pollForAWhile(o: FollowOptions, isOver: () => boolean): Promise<void> {
  for (let polls = 0; polls < pollsInARow && !isOver(); polls += 1) {
    try {
      await o.poll(o.signal)
      if (!isOver()) o.onLink('polling')
    } catch {
      o.onLink('reconnecting')
    }
    if (!isOver()) await o.wait(pollEveryMs, o.signal)
  }
}

function backoffMs(failures: number): number {
  const ceiling = Math.min(10_000, 200 * 2 ** Math.min(failures, 6))
  return ceiling / 2 + Math.random() * (ceiling / 2)
}
