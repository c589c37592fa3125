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

const socketFailuresMax = 3
const streamFailuresMax = 3
const pollEveryMs = 2_000

/** Follows a query to its end over whatever works: socket, then event stream, then polling. Returns when it has ended or was told to stop. */
export async function followQuery(o: FollowOptions): Promise<void> {
  const failures = { socket: 0, stream: 0 }
  o.onLink('connecting')
  while (!o.signal.aborted && !o.hasEnded()) {
    const useSocket = failures.socket < socketFailuresMax
    if (!useSocket && failures.stream >= streamFailuresMax) {
      await pollToTheEnd(o)
      break
    }
    const before = o.lastSeq()
    await readOnce(o, useSocket ? o.socket : o.eventStream)
    if (o.signal.aborted || o.hasEnded()) break
    o.onLink('reconnecting')
    if (o.lastSeq() > before) failures.socket = 0
    else if (useSocket) failures.socket += 1
    else failures.stream += 1
    await o.wait(o.lastSeq() > before ? 100 : backoffMs(failures.socket + failures.stream), o.signal)
  }
  if (o.hasEnded()) o.onLink('ended')
}

/** One connection, left as soon as an event turns out to be missing: reconnecting with `after` brings it. */
async function readOnce(o: FollowOptions, source: LiveSource): Promise<void> {
  const connection = new AbortController()
  const signal = AbortSignal.any([o.signal, connection.signal])
  try {
    await source({
      after: o.lastSeq(),
      signal,
      onOpen: () => o.onLink('live'),
      onFrame: (frame) => {
        if (signal.aborted) return
        if (frame.type === 'heartbeat') {
          if (frame.seq !== null && frame.seq > o.lastSeq()) connection.abort()
          return
        }
        o.onEvent(frame)
        if (o.isMissingEvents()) connection.abort()
      },
    })
  } catch {
    // The loop tries again; the reader sees «reconnecting».
  } finally {
    connection.abort()
  }
}

async function pollToTheEnd(o: FollowOptions): Promise<void> {
  o.onLink('polling')
  while (!o.signal.aborted && !o.hasEnded()) {
    try {
      await o.poll(o.signal)
    } catch {
      // The next one may succeed.
    }
    if (!o.hasEnded()) await o.wait(pollEveryMs, o.signal)
  }
}

function backoffMs(failures: number): number {
  const ceiling = Math.min(10_000, 400 * 2 ** Math.min(failures, 5))
  return ceiling / 2 + Math.random() * (ceiling / 2)
}
