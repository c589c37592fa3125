import { AppError, invalidField } from '@concord/service-kit/errors'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { requireReader } from '../edge/identify.ts'
import { openEventStream } from './event-stream.ts'
import type { EventStream } from './event-stream.ts'
import { followQuery, headOnly } from './follow-query.ts'
import type { Following } from './follow-query.ts'
import type { LiveDeps } from './live-deps.ts'

const After = z.string().regex(/^\d{1,9}$/, 'expected a sequence number')

export const streamRoutes: FastifyPluginAsyncZod<LiveDeps> = async (server, deps) => {
  server.route({
    method: 'GET',
    url: '/queries/:id/events',
    exposeHeadRoute: false,
    schema: {
      operationId: 'followQuery',
      summary: 'The live events as Server-Sent Events; Last-Event-ID resumes',
      tags: ['Consensus'],
      params: z.object({ id: z.string().max(64) }),
      querystring: z.strictObject({ after: After.optional() }),
    },
    handler: async (request, reply) => {
      const principal = requireReader(request)
      const query = { queryId: request.params.id, userId: principal.sub }
      const after = lastEventId(request) ?? Number(request.query.after ?? 0)
      const found = await deps.history.after(query, headOnly)
      if (!found) throw new AppError('not-found', 'no such query')
      // 204 tells an EventSource that has everything not to come again.
      if (found.ended && after >= found.lastSeq) return reply.code(204).send()

      const place = Promise.withResolvers<EventStream>()
      const live: { following?: Following | undefined } = {}
      const leave = deps.connections.open({
        principal,
        beat: () =>
          void place.promise.then((stream) =>
            beat(stream, query.queryId, live.following?.lastSeq() ?? after, live.following),
          ),
        cutOff: () => void place.promise.then((stream) => stream.end()),
      })
      const stream = openEventStream(reply, deps.bufferBytes)
      place.resolve(stream)
      stream.onClose(() => {
        leave()
        void live.following?.close()
      })
      live.following = await followInto(deps, query, after, stream)
      return reply
    },
  })
}

async function followInto(
  deps: LiveDeps,
  query: { queryId: string; userId: string },
  after: number,
  stream: EventStream,
): Promise<Following | undefined> {
  const end = () => stream.end()
  const reader = {
    send: (text: string, info: { type: string; seq: number | undefined }) => stream.write({ ...info, text }),
    ended: end,
    failed: end,
  }
  const following = await followQuery(deps, query, after, reader).catch(() => undefined)
  if (!following) end()
  // The client may have gone while the history was read.
  if (!stream.isOpen()) await following?.close()
  return following
}

function beat(stream: EventStream, queryId: string, seq: number, following: Following | undefined): void {
  const heartbeat = { type: 'heartbeat', query_id: queryId, seq, at: new Date().toISOString() }
  stream.write({ type: 'heartbeat', seq: undefined, text: JSON.stringify(heartbeat) })
  following?.repair()
}

function lastEventId(request: FastifyRequest): number | undefined {
  const value = request.headers['last-event-id']
  if (value === undefined || value === '') return undefined
  if (!After.safeParse(value).success) throw invalidField('#/Last-Event-ID', 'expected a sequence number')
  return Number(value)
}
