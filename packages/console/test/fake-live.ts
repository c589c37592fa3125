import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { LiveEvent } from '@concord/contracts/live-events'
import { WebSocketServer, type WebSocket } from 'ws'
import type { FakeQuery } from './fake-query.ts'

export type LiveFaults = {
  refuseSockets: boolean
  refuseStreams: boolean
  /** The next sockets are cut after so many frames, one number a socket. */
  dropSocketsAfter: number[]
  /** Live events of these numbers are lost on their way; they are there for who asks with `after`. */
  swallow: Set<number>
  /** The next sockets are closed in order after so many frames, as at the end of the token that opened them. */
  closeSocketsAfter: { frames: number; code: number; before?: () => void }[]
}

/** A socket that was opened: with which ticket, and from where on. */
export type OpenedSocket = { ticket: string; after: number }

type LiveOptions = {
  server: Server
  queries: Map<string, FakeQuery>
  tickets: Map<string, string>
  faults: LiveFaults
  sockets: OpenedSocket[]
}

export function serveLive({ server, queries, tickets, faults, sockets: opened }: LiveOptions) {
  const sockets = new WebSocketServer({ noServer: true })

  server.on('upgrade', (request, stream, head) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const query = queries.get(url.pathname.split('/').at(-1) ?? '')
    const ticket = url.searchParams.get('ticket') ?? ''
    const isAllowed = !faults.refuseSockets && query && tickets.get(ticket) === query.owner
    // A ticket is good for one socket.
    tickets.delete(ticket)
    if (!isAllowed) {
      stream.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const after = Number(url.searchParams.get('after') ?? 0)
      opened.push({ ticket, after })
      serveSocket(socket, query, after, faults)
    })
  })

  return {
    stream(request: IncomingMessage, response: ServerResponse, query: FakeQuery): void {
      if (faults.refuseStreams) {
        response.writeHead(503).end()
        return
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const after = Number(request.headers['last-event-id'] ?? 0)
      const stop = follow(query, after, faults, {
        send: (event) =>
          response.write(
            `${'seq' in event ? `id: ${event.seq}\n` : ''}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
          ),
        end: () => response.end(),
      })
      response.on('close', stop)
    },
    close() {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
    },
  }
}

function serveSocket(socket: WebSocket, query: FakeQuery, after: number, faults: LiveFaults): void {
  const dropAfter = faults.dropSocketsAfter.shift()
  const closing = faults.closeSocketsAfter.shift()
  let sent = 0
  const beat = setInterval(() => {
    socket.send(
      JSON.stringify({
        type: 'heartbeat',
        query_id: query.id,
        seq: query.durable.length,
        at: new Date().toISOString(),
      }),
    )
  }, 500)
  const stop = follow(query, after, faults, {
    send: (event) => {
      socket.send(JSON.stringify(event))
      sent += 1
      if (sent === dropAfter) socket.terminate()
      if (sent === closing?.frames) {
        closing.before?.()
        socket.close(closing.code)
      }
    },
    end: () => socket.close(1000),
  })
  socket.on('close', () => {
    clearInterval(beat)
    stop()
  })
}

/** What was missed, then what comes. */
function follow(
  query: FakeQuery,
  after: number,
  faults: LiveFaults,
  sink: { send: (event: LiveEvent) => void; end: () => void },
): () => void {
  for (const event of query.durable.filter(({ seq }) => seq > after)) sink.send(event)
  if (query.hasEnded()) {
    sink.end()
    return () => undefined
  }
  return query.listen((event) => {
    if ('seq' in event && faults.swallow.delete(event.seq)) return
    sink.send(event)
    if (query.hasEnded()) sink.end()
  })
}
