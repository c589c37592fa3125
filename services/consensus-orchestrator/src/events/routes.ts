import { QueryId, UserId } from '@concord/contracts/ids'
import { CancelOutcome, StoredEvents } from '@concord/contracts/live-events'
import { authenticateService } from '@concord/service-kit/authenticate'
import { AppError } from '@concord/service-kit/errors'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import { z } from 'zod'
import type { RouteDeps } from '../app.ts'
import { cancelQuery } from '../deliberation/cancel-query.ts'

const most = 500

/**
 * What the gateway asks for: events that the live channel may have lost, and the end of a query whose asker has gone, since a caller's
 * token may expire before the query ends.
 */
export const eventRoutes: FastifyPluginAsyncZod<RouteDeps> = async (server, deps) => {
  server.addHook('onRequest', authenticateService(deps.check))
  server.get(
    '/internal/queries/:id/events',
    {
      schema: {
        hide: true,
        params: z.object({ id: QueryId }),
        querystring: z.strictObject({
          after: z
            .string()
            .regex(/^\d{1,9}$/, 'expected a whole number')
            .default('0'),
        }),
        response: { 200: StoredEvents },
      },
    },
    async (request) => {
      const stored = await deps.reader.events(request.params.id, Number(request.query.after), most)
      if (!stored) throw new AppError('not-found', 'no such query')
      return stored
    },
  )

  server.post(
    '/internal/queries/:id/cancel',
    {
      schema: {
        hide: true,
        params: z.object({ id: QueryId }),
        body: z.strictObject({ user_id: UserId }),
        response: { 200: CancelOutcome },
      },
    },
    async (request) => {
      const outcome = await cancelQuery(deps, { id: request.params.id, owner: request.body.user_id })
      if (outcome === undefined) throw new AppError('not-found', 'no such query')
      return { outcome }
    },
  )
}
