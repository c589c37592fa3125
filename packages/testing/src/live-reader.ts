import { EventSourceParserStream } from 'eventsource-parser/stream'
import { WebSocket } from 'ws'
import { z } from 'zod'
import type { ApiClient } from './api-client.ts'
import { patienceMs } from './patience.ts'

const LiveMessage = z.looseObject({
  type: z.string(),
  query_id: z.string().nullable(),
  seq: z.int().nullish(),
  at: z.string(),
  data: z.unknown().optional(),
})
export type LiveMessage = z.output<typeof LiveMessage>

type StreamOptions = {
  after?: number
  lastEventId?: string
  withinMs?: number
  /** Told of each as it comes: what a reader has whose stream breaks. */
  told?: (message: LiveMessage) => void
}
type Stream = { status: number; ids: (string | undefined)[]; messages: LiveMessage[] }

/** Reads a query's event stream to its end, which is the query's. */
export async function readEventStream(
  { url, token }: ApiClient,
  queryId: string,
  { after, lastEventId, withinMs = patienceMs, told }: StreamOptions = {},
): Promise<Stream> {
  const response = await fetch(
    `${url}/api/v1/queries/${queryId}/events${after === undefined ? '' : `?after=${after}`}`,
    {
      headers: {
        authorization: `Bearer ${token}`,
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
      signal: AbortSignal.timeout(withinMs),
    },
  )
  const ids: (string | undefined)[] = []
  const messages: LiveMessage[] = []
  if (response.status !== 200 || !response.body) {
    await response.body?.cancel()
    return { status: response.status, ids, messages }
  }
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
  for await (const { id, event, data } of events) {
    const message = LiveMessage.parse(JSON.parse(data))
    if (message.type !== event) throw new Error(`the event ${event} carries a ${message.type}`)
    ids.push(id)
    messages.push(message)
    told?.(message)
  }
  return { status: response.status, ids, messages }
}

export type LiveSocket = {
  messages: LiveMessage[]
  send(message: unknown): void
  /** Resolves when a message is there that passes. */
  until(passes: (message: LiveMessage) => boolean): Promise<LiveMessage>
  closed: Promise<{ code: number }>
  close(): void
}

/** Opens a live socket at a path behind `/api/v1`; rejects with the HTTP status when the upgrade is refused. */
export async function openSocket(
  { url, token }: ApiClient,
  path: string,
  o: { ticket?: string } = {},
): Promise<LiveSocket> {
  const address = `${url.replace(/^http/, 'ws')}/api/v1${path}`
  const socket =
    o.ticket === undefined
      ? new WebSocket(address, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })
      : new WebSocket(`${address}${path.includes('?') ? '&' : '?'}ticket=${o.ticket}`)
  const messages: LiveMessage[] = []
  const waiting = new Set<() => void>()
  const wake = (): void => waiting.forEach((look) => look())
  socket.on('message', (data: Buffer) => {
    messages.push(LiveMessage.parse(JSON.parse(data.toString('utf8'))))
    wake()
  })
  const closed = new Promise<{ code: number }>((resolve) => socket.once('close', (code) => resolve({ code })))
  void closed.then(wake)
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('unexpected-response', (_request, response) => {
      response.resume()
      reject(new Error(`the upgrade was answered ${response.statusCode}`))
    })
    socket.once('error', reject)
  })
  return {
    messages,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    until: (passes) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = messages.find(passes)
          if (!found && socket.readyState !== WebSocket.CLOSED) return
          waiting.delete(look)
          if (found) resolve(found)
          else reject(new Error(`the socket closed after ${messages.map(({ type }) => type).join(', ')}`))
        }
        waiting.add(look)
        look()
      }),
    closed,
    close: () => socket.close(),
  }
}
