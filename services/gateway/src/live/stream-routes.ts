import { QueryId } from '@concord/contracts/ids'
import { AppError, invalidField } from '@concord/service-kit/errors'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { requireUser } from '../edge/identify.ts'
import { followQuery, headOnly } from './follow-query.ts'
import type { Following } from './follow-query.ts'
import type { LiveDeps } from './socket-routes.ts'

/** A query's events as Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html); ids are `seq`. */
export const streamRoutes: FastifyPluginAsyncZod<LiveDeps> = async (server, deps) => {
  server.route({
    method: 'GET',
    url: '/queries/:id/events',
    exposeHeadRoute: false,
    schema: {
      operationId: 'followQuery',
      summary: 'The live events as Server-Sent Events; Last-Event-ID resumes',
      tags: ['Consensus'],
      params: z.object({ id: QueryId }),
      querystring: z.strictObject({
        after: z
          .string()
          .regex(/^\d{1,9}$/, 'expected a sequence number')
          .optional(),
      }),
    },
    handler: async (request, reply) => {
      const principal = requireUser(request)
      const query = { queryId: request.params.id, userId: principal.sub }
      const after = lastEventId(request) ?? Number(request.query.after ?? 0)
      const found = await deps.history.after(query, headOnly)
      if (!found) throw new AppError('not-found', 'no such query')
      // 204 tells an EventSource that has everything not to come again.
      if (found.ended && after >= found.lastSeq) return reply.code(204).send()

      const stream = openStream(reply, deps.bufferBytes)
      let following: Following | undefined
      const beat = () => {
        stream.write(
          `event: heartbeat\ndata: ${JSON.stringify({ type: 'heartbeat', query_id: query.queryId, seq: following?.lastSeq() ?? after, at: new Date().toISOString() })}\n\n`,
        )
        following?.repair()
      }
      const leave = deps.connections.open({ principal, beat, cutOff: () => stream.end() })
      stream.start()
      stream.onClose(() => {
        leave()
        void following?.close()
      })
      following = await followQuery(deps, query, after, {
        send: (text, { type, seq }) =>
          stream.write(`${seq === undefined ? '' : `id: ${seq}\n`}event: ${type}\ndata: ${text}\n\n`),
        ended: () => stream.end(),
        failed: () => stream.end(),
      }).catch(() => undefined)
      if (!following) stream.end()
      return reply
    },
  })
}

function openStream(reply: FastifyReply, bufferBytes: number) {
  const { raw } = reply
  return {
    start() {
      reply.hijack()
      raw.writeHead(200, {
        ...toPlainHeaders(reply),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      raw.flushHeaders()
    },
    write(text: string) {
      if (raw.writableEnded || raw.destroyed) return
      if (raw.writableLength > bufferBytes) raw.destroy()
      else raw.write(text)
    },
    end() {
      if (!raw.writableEnded) raw.end()
    },
    onClose(listener: () => void) {
      if (raw.destroyed) listener()
      else raw.once('close', listener)
    },
  }
}

function toPlainHeaders(reply: FastifyReply): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(reply.getHeaders()).map(([name, value]) => [name, Array.isArray(value) ? value : String(value)]),
  )
}

function lastEventId(request: FastifyRequest): number | undefined {
  const value = request.headers['last-event-id']
  if (value === undefined || value === '') return undefined
  if (typeof value !== 'string' || !/^\d{1,9}$/.test(value))
    throw invalidField('#/Last-Event-ID', 'expected a sequence number')
  return Number(value)
}
