import { finalEventTypes } from '@concord/contracts/live-events'
import { z } from 'zod'
import type { EventHistory, LiveFeed, Stretch } from '../ports.ts'
import { holdBack } from './hold-back.ts'
import type { Live } from './hold-back.ts'
import { inOrder } from './in-order.ts'

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

/** Asks the history for nothing but the owner and the last `seq`. */
export const headOnly = 999_999_999

/**
 * Sends a query's events in order, each once: those after `after` from the history, then the live ones; a gap in `seq` is filled
 * from the history. Listens before it reads, so that nothing falls between, but sends nothing before it has read: neither to a
 * stranger nor out of order. Undefined when the user has no such query.
 */
export async function followQuery(
  deps: Deps,
  query: Query,
  after: number,
  reader: Reader,
): Promise<Following | undefined> {
  let closed = false
  const order = inOrder(after, ({ text, type, seq }) => {
    reader.send(text, { type, seq })
    if (finalEventTypes.includes(type)) finish()
  })
  const repair = oneAtATime(catchUp, (error) => {
    if (!closed) reader.failed(error)
  })
  const gate = holdBack(pass)
  const leave = await deps.feed.follow(query.queryId, receive)

  function receive(text: string): void {
    const message = closed ? undefined : readMessage(text)
    if (message) gate.take({ text, ...message })
  }

  function pass({ text, type, seq }: Live): void {
    if (closed) return
    if (seq === undefined) reader.send(text, { type, seq })
    else if (!order.offer({ text, type, seq })) repair()
  }

  async function catchUp(): Promise<void> {
    if (closed) return
    const stretch = await readOn()
    if (closed) return
    if (!stretch) return finish()
    const complete = order.refill(
      stretch.events.map((event) => ({ text: JSON.stringify(event), type: event.type, seq: event.seq })),
    )
    gate.open(order.last())
    if (stretch.ended && order.last() >= stretch.lastSeq) finish()
    else if (!complete && stretch.events.length > 0) repair()
  }

  async function readOn(): Promise<Stretch | undefined> {
    const stretch = first ?? (await deps.history.after(query, order.last()))
    first = undefined
    return stretch
  }

  function finish(): void {
    if (closed) return
    closed = true
    void leave()
    reader.ended()
  }

  let first = await firstStretch(deps.history, query, after, leave)
  if (!first) return undefined
  repair()
  return {
    lastSeq: order.last,
    repair,
    async close() {
      closed = true
      await leave()
    },
  }
}

/** Leaves the feed where the user has no such query, or that cannot be told. */
async function firstStretch(
  history: EventHistory,
  query: Query,
  after: number,
  leave: () => Promise<void>,
): Promise<Stretch | undefined> {
  let stretch: Stretch | undefined
  try {
    stretch = await history.after(query, after)
  } finally {
    if (!stretch) await leave()
  }
  return stretch
}

/** Runs `work` now, or once more after the run under way, however often it is asked for meanwhile. */
function oneAtATime(work: () => Promise<void>, failed: (error: unknown) => void): () => void {
  let running = false
  let again = false
  return function run(): void {
    if (running) {
      again = true
      return
    }
    running = true
    void work()
      .catch(failed)
      .finally(() => {
        running = false
        if (!again) return
        again = false
        run()
      })
  }
}

let latest: { text: string; message: { type: string; seq: number | undefined } | undefined } | undefined

/** Undefined where it is no live message. All who follow a query are handed the same text in turn: it is read once. */
function readMessage(text: string) {
  if (latest?.text !== text) {
    const { data } = LiveMessage.safeParse(parseJson(text))
    latest = { text, message: data && { type: data.type, seq: data.seq } }
  }
  return latest.message
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
