import type { FastifyReply } from 'fastify'

/** An answer as Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export type EventStream = {
  /** `seq` is its id; without a type it is a plain message. */
  write(event: { type?: string; seq?: number | undefined; text: string }): void
  /** Tells whoever is between that there is life; clients skip it. */
  comment(text: string): void
  end(): void
  /** Called at once where the client has already gone. */
  onClose(listener: () => void): void
  isOpen(): boolean
}

/** Takes the reply over from Fastify; a reader with more than `bufferBytes` unread is cut off. */
export function openEventStream(reply: FastifyReply, bufferBytes: number): EventStream {
  const { raw } = reply
  const headers = Object.entries(reply.getHeaders()).map(([name, value]) => [
    name,
    Array.isArray(value) ? value : String(value),
  ])
  const own = {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  }
  reply.hijack()
  raw.writeHead(200, { ...Object.fromEntries(headers), ...own })
  raw.flushHeaders()

  const isOpen = () => !raw.writableEnded && !raw.destroyed
  const send = (text: string) => {
    if (!isOpen()) return
    if (raw.writableLength > bufferBytes) raw.destroy()
    else raw.write(text)
  }
  return {
    isOpen,
    write({ type, seq, text }) {
      const id = seq === undefined ? '' : `id: ${seq}\n`
      const event = type === undefined ? '' : `event: ${type}\n`
      send(`${id}${event}data: ${text}\n\n`)
    },
    comment: (text) => send(`: ${text}\n\n`),
    end() {
      if (!raw.writableEnded) raw.end()
    },
    onClose(listener) {
      if (raw.destroyed) listener()
      else raw.once('close', listener)
    },
  }
}
