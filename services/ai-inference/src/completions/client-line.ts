import type { OutgoingHttpHeader, ServerResponse } from 'node:http'
import type { OpenAiError } from '@concord/contracts/chat-completions'
import type { EventSink } from './chat-backend.ts'

export type ClientLine = EventSink & {
  begun(): boolean
  /** What was written waits for the caller to read. */
  blocked(): boolean
  /** Ends with `[DONE]`. */
  finish(): void
  /** Ends with the error and without `[DONE]`, and ends the connection. */
  fail(error: OpenAiError): void
}

/** As much of Fastify's reply as a stream needs. */
type Reply = {
  raw: ServerResponse
  getHeaders(): Record<string, OutgoingHttpHeader | undefined>
  /** Leaves the answer to `raw`. */
  hijack(): unknown
}

type Options = {
  /** Told with the first event. */
  headers: () => Readonly<Record<string, string>>
  /** The connection is not to be kept for another request. */
  isLast: () => boolean
  /** Called with each write. */
  onWrite: () => void
  keepAliveMs?: number
}

/** A stream of server-sent events to the caller. Its head goes out with the first event: until then an error is a plain answer. */
export function clientLine(reply: Reply, { headers, isLast, onWrite, keepAliveMs = 15_000 }: Options): ClientLine {
  const { raw } = reply
  let begun = false
  let quiet = true
  let keepAlive: NodeJS.Timeout | undefined

  function begin(): void {
    begun = true
    reply.hijack()
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value)
    raw.writeHead(200, {
      ...headers(),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    })
    // A model that thinks is silent for long; a comment shows those between that the line is alive.
    keepAlive = setInterval(() => {
      if (quiet && !raw.writableNeedDrain) raw.write(': keep-alive\n\n')
      quiet = true
    }, keepAliveMs)
  }

  function end(event: string, last: boolean): void {
    if (!begun) begin()
    clearInterval(keepAlive)
    const { socket } = raw
    raw.end(event, () => {
      if (last) socket?.end()
    })
  }

  raw.once('close', () => clearInterval(keepAlive))
  return {
    write(events) {
      if (!begun) begin()
      quiet = false
      onWrite()
      return raw.write(events)
    },
    onDrain: (listener) => void raw.once('drain', listener),
    begun: () => begun,
    blocked: () => raw.writableNeedDrain,
    finish: () => end('data: [DONE]\n\n', isLast()),
    fail: (error) => end(`data: ${JSON.stringify(error)}\n\n`, true),
  }
}
