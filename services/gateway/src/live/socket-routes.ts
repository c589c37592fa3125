import { SocketRequest } from '@concord/contracts/live-events'
import { AppError } from '@concord/service-kit/errors'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import type { WebSocket } from 'ws'
import { z } from 'zod'
import type { Allowance } from '../ports.ts'
import { authenticateLive, livePrincipal } from './authenticate-live.ts'
import { headOnly } from './follow-query.ts'
import type { LiveDeps } from './live-deps.ts'
import { closeCodes, openSocketLine } from './socket-line.ts'
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
      const principal = livePrincipal(request)
      const line = openSocketLine(deps, socket, principal)
      const spend = () => deps.counter.hit(`requests:user:${principal.sub}`, deps.rules.perUser)
      const inTurn = oneByOne(socket)
      socket.on('message', (data: Buffer, isBinary: boolean) =>
        inTurn(() => serve(line, spend, isBinary ? '' : data.toString('utf8'))),
      )
    },
  })
}

async function askForUpgrade(): Promise<never> {
  throw new AppError('invalid-request', 'this address is a WebSocket: ask for an upgrade')
}

/** A message costs as much as a request: each subscription reads the history. */
async function serve(line: SocketLine, spend: () => Promise<Allowance>, text: string): Promise<void> {
  const { allowed, resetMs } = await spend()
  const { success, data } = SocketRequest.safeParse(parseJson(text))
  const queryId = data?.query_id ?? null
  if (!allowed)
    line.tell({
      type: 'error',
      query_id: queryId,
      detail: `too many requests: try again in ${Math.ceil(resetMs / 1_000)} s`,
    })
  else if (!success)
    line.tell({
      type: 'error',
      query_id: null,
      detail: 'expected {"type": "subscribe_query" | "unsubscribe_query", "query_id": "…"}',
    })
  else if (data.type === 'subscribe_query') line.follow(data.query_id, data.after ?? 0, { closeAtEnd: false })
  else line.unfollow(data.query_id)
}

/** Handles a socket's messages in their order, and reads no further meanwhile. */
function oneByOne(socket: WebSocket): (work: () => Promise<void>) => void {
  let waiting = 0
  let last = Promise.resolve()
  return function inTurn(work) {
    waiting += 1
    socket.pause()
    last = last
      .then(work)
      .catch(() => socket.close(closeCodes.tryAgain, 'try again'))
      .finally(() => {
        waiting -= 1
        if (waiting === 0) socket.resume()
      })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
