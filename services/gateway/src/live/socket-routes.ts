import { QueryId } from '@concord/contracts/ids'
import { SocketRequest } from '@concord/contracts/live-events'
import { AppError } from '@concord/service-kit/errors'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import type { FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import { z } from 'zod'
import type { EventHistory, LiveFeed, TicketStore } from '../ports.ts'
import { authenticateLive, livePrincipal } from './authenticate-live.ts'
import type { Connections } from './connections.ts'
import { followQuery, headOnly } from './follow-query.ts'
import type { Following } from './follow-query.ts'

export type LiveDeps = {
  history: EventHistory
  feed: LiveFeed
  tickets: TicketStore
  connections: Connections
  bufferBytes: number
}

const Ticket = z.string().max(128).optional()
const After = z
  .string()
  .regex(/^\d{1,9}$/, 'expected a sequence number')
  .optional()
const mostSubscriptions = 50
const closeCodes = { done: 1000, goingAway: 1001, policy: 1008, tryAgain: 1013 } as const

export const socketRoutes: FastifyPluginAsyncZod<LiveDeps> = async (server, deps) => {
  const ofOne = {
    params: z.object({ query_id: QueryId }),
    querystring: z.strictObject({ ticket: Ticket, after: After }),
    hide: true,
  }
  server.get(
    '/ws/:query_id',
    {
      websocket: true,
      schema: ofOne,
      preHandler: async (request) => {
        const { sub: userId } = await authenticateLive(deps.tickets, request, request.query.ticket)
        const found = await deps.history.after({ queryId: request.params.query_id, userId }, headOnly)
        if (!found) throw new AppError('not-found', 'no such query')
      },
    },
    (socket, request) => {
      const line = openLine(deps, socket, request)
      line.follow(request.params.query_id, Number(request.query.after ?? 0), { closeAtEnd: true })
    },
  )

  const ofMany = { querystring: z.strictObject({ ticket: Ticket }), hide: true }
  server.get(
    '/ws',
    {
      websocket: true,
      schema: ofMany,
      preHandler: async (request) => void (await authenticateLive(deps.tickets, request, request.query.ticket)),
    },
    (socket, request) => {
      const line = openLine(deps, socket, request)
      socket.on('message', (data: Buffer, isBinary: boolean) =>
        line.request(isBinary ? undefined : data.toString('utf8')),
      )
    },
  )
}

/** One socket: the queries it follows, its place among the user's connections, its end. */
function openLine(deps: LiveDeps, socket: WebSocket, request: FastifyRequest) {
  const principal = livePrincipal(request)
  const followed = new Map<string, Following>()
  const opening = new Set<string>()

  const send = (text: string) => {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > deps.bufferBytes) return socket.terminate()
    socket.send(text)
  }
  const tell = (message: object) => send(JSON.stringify({ ...message, at: new Date().toISOString() }))
  const beat = () => {
    if (followed.size === 0) tell({ type: 'heartbeat', query_id: null, seq: null })
    for (const [queryId, following] of followed) {
      tell({ type: 'heartbeat', query_id: queryId, seq: following.lastSeq() })
      following.repair()
    }
  }

  const leave = takePlace(deps.connections, socket, {
    principal,
    beat,
    cutOff: (reason) => socket.close(closeCodes.goingAway, reason),
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    leave()
    for (const following of followed.values()) void following.close()
  })

  function follow(queryId: string, after: number, { closeAtEnd }: { closeAtEnd: boolean }): void {
    if (followed.has(queryId) || opening.has(queryId)) return
    if (followed.size + opening.size >= mostSubscriptions)
      return tell({ type: 'error', query_id: queryId, detail: `a socket follows ${mostSubscriptions} queries at most` })
    opening.add(queryId)
    const reader = {
      send,
      ended: () => {
        followed.delete(queryId)
        if (closeAtEnd) socket.close(closeCodes.done, 'the query has ended')
      },
      failed: () => socket.close(closeCodes.tryAgain, 'try again'),
    }
    followQuery(deps, { queryId, userId: principal.sub }, after, reader)
      .then((following) => {
        if (!following) return tell({ type: 'error', query_id: queryId, detail: 'no such query' })
        if (socket.readyState === socket.OPEN && opening.has(queryId)) followed.set(queryId, following)
        else void following.close()
      })
      .catch(() => socket.close(closeCodes.tryAgain, 'try again'))
      .finally(() => opening.delete(queryId))
  }

  function unfollow(queryId: string): void {
    opening.delete(queryId)
    void followed.get(queryId)?.close()
    followed.delete(queryId)
  }

  return {
    follow,
    request(text: string | undefined): void {
      const parsed = SocketRequest.safeParse(parseJson(text))
      if (!parsed.success)
        return tell({
          type: 'error',
          query_id: null,
          detail: 'expected {"type": "subscribe_query" | "unsubscribe_query", "query_id": "…"}',
        })
      if (parsed.data.type === 'subscribe_query')
        follow(parsed.data.query_id, parsed.data.after ?? 0, { closeAtEnd: false })
      else unfollow(parsed.data.query_id)
    },
  }
}

function takePlace(
  connections: Connections,
  socket: WebSocket,
  connection: Parameters<Connections['open']>[0],
): () => void {
  try {
    return connections.open(connection)
  } catch (error) {
    socket.close(closeCodes.policy, error instanceof Error ? error.message : 'refused')
    return () => {}
  }
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
