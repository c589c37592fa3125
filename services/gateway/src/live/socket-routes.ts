import { SocketRequest } from '@concord/contracts/live-events'
import { AppError } from '@concord/service-kit/errors'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import { z } from 'zod'
import { authenticateLive, livePrincipal } from './authenticate-live.ts'
import { headOnly } from './follow-query.ts'
import type { LiveDeps } from './live-deps.ts'
import { openSocketLine } from './socket-line.ts'
import type { SocketLine } from './socket-line.ts'

const Ticket = z.string().max(128).optional()
const After = z
  .string()
  .regex(/^\d{1,9}$/, 'expected a sequence number')
  .optional()

/** One query by `/ws/{query_id}`, several by `/ws`. Who may listen is settled before the upgrade, with an ordinary answer. */
export const socketRoutes: FastifyPluginAsyncZod<LiveDeps> = async (server, deps) => {
  server.route({
    method: 'GET',
    url: '/ws/:query_id',
    schema: {
      params: z.object({ query_id: z.string().max(64) }),
      querystring: z.strictObject({ ticket: Ticket, after: After }),
      hide: true,
    },
    preHandler: async (request) => {
      const { sub: userId } = await authenticateLive(deps.tickets, request, request.query.ticket)
      const found = await deps.history.after({ queryId: request.params.query_id, userId }, headOnly)
      if (!found) throw new AppError('not-found', 'no such query')
    },
    handler: askForUpgrade,
    wsHandler: (socket, request) => {
      const line = openSocketLine(deps, socket, livePrincipal(request))
      line.follow(request.params.query_id, Number(request.query.after ?? 0), { closeAtEnd: true })
    },
  })

  server.route({
    method: 'GET',
    url: '/ws',
    schema: { querystring: z.strictObject({ ticket: Ticket }), hide: true },
    preHandler: async (request) => void (await authenticateLive(deps.tickets, request, request.query.ticket)),
    handler: askForUpgrade,
    wsHandler: (socket, request) => {
      const line = openSocketLine(deps, socket, livePrincipal(request))
      socket.on('message', (data: Buffer, isBinary: boolean) => serve(line, isBinary ? '' : data.toString('utf8')))
    },
  })
}

async function askForUpgrade(): Promise<never> {
  throw new AppError('invalid-request', 'this address is a WebSocket: ask for an upgrade')
}

function serve(line: SocketLine, text: string): void {
  const { success, data } = SocketRequest.safeParse(parseJson(text))
  if (!success)
    line.tell({
      type: 'error',
      query_id: null,
      detail: 'expected {"type": "subscribe_query" | "unsubscribe_query", "query_id": "…"}',
    })
  else if (data.type === 'subscribe_query') line.follow(data.query_id, data.after ?? 0, { closeAtEnd: false })
  else line.unfollow(data.query_id)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
