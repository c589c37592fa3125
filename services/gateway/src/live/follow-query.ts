import { finalEventTypes } from '@concord/contracts/live-events'
import { z } from 'zod'
import type { EventHistory, LiveFeed } from '../ports.ts'

/** Where a reader's events go. `send` must not block; a reader that lags is cut off by whoever owns the connection. */
export type Reader = {
  send(event: string, info: { type: string; seq: number | undefined }): void
  /** The query has ended and everything was sent. */
  ended(): void
  /** The history cannot be read at the moment: the reader should come again. */
  failed(error: unknown): void
}

export type Following = {
  /** The last `seq` that was sent, or where the reader came in. */
  lastSeq(): number
  /** Asks the history for what the live channel may have lost. */
  repair(): void
  close(): Promise<void>
}

type Deps = { history: EventHistory; feed: LiveFeed }
type Query = { queryId: string; userId: string }

const LiveMessage = z.object({ type: z.string(), seq: z.int().optional() })
const mostHeldBack = 2_000

/** Asks the history for nothing but the owner and the last `seq`. */
export const headOnly = 999_999_999

/**
 * Sends a query's events in order, each once: those after `after` from the history, then the live ones; a gap in `seq` is filled
 * from the history. Listens before it reads, so that nothing falls between. Undefined when the user has no such query.
 */
export async function followQuery(
  { history, feed }: Deps,
  query: Query,
  after: number,
  reader: Reader,
): Promise<Following | undefined> {
  let last = after
  let closed = false
  let repairing: Promise<void> | undefined
  let again = false
  let heldBack: { text: string; seq: number; type: string }[] = []

  const leave = await feed.follow(query.queryId, (text) => {
    if (!closed) receive(text)
  })

  function receive(text: string): void {
    const parsed = LiveMessage.safeParse(parseJson(text))
    if (!parsed.success) return
    const { type, seq } = parsed.data
    if (seq === undefined) return reader.send(text, { type, seq })
    if (seq <= last) return
    if (seq === last + 1 && !repairing) return deliver(text, type, seq)
    if (heldBack.length < mostHeldBack) heldBack.push({ text, seq, type })
    repair()
  }

  function deliver(text: string, type: string, seq: number): void {
    last = seq
    reader.send(text, { type, seq })
    if (finalEventTypes.includes(type)) finish()
  }

  function finish(): void {
    if (closed) return
    closed = true
    void leave()
    reader.ended()
  }

  function repair(): void {
    if (closed) return
    again = repairing !== undefined
    repairing ??= catchUp()
      .catch((error: unknown) => {
        if (!closed) reader.failed(error)
      })
      .finally(() => {
        repairing = undefined
        if (again) {
          again = false
          repair()
        }
      })
  }

  async function catchUp(): Promise<void> {
    const stretch = await history.after(query, last)
    if (closed) return
    if (!stretch) return finish()
    for (const event of stretch.events) {
      if (event.seq === last + 1) deliver(JSON.stringify(event), event.type, event.seq)
    }
    const waiting = heldBack.toSorted((a, b) => a.seq - b.seq)
    heldBack = []
    for (const { text, seq, type } of waiting) {
      if (seq === last + 1) deliver(text, type, seq)
      else if (seq > last) again = true
    }
    if (stretch.ended && last >= stretch.lastSeq) finish()
  }

  const first = await history.after(query, headOnly).catch(async (error: unknown) => {
    await leave()
    throw error
  })
  if (!first) {
    await leave()
    return undefined
  }
  repair()
  return {
    lastSeq: () => last,
    repair,
    async close() {
      closed = true
      await leave()
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
