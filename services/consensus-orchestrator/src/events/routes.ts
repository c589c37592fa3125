import { QueryId } from '@concord/contracts/ids'
import { StoredEvents } from '@concord/contracts/live-events'
import { authenticateService } from '@concord/service-kit/authenticate'
import { AppError } from '@concord/service-kit/errors'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import { z } from 'zod'
import type { RouteDeps } from '../app.ts'

const most = 500

/** What the live channel may have lost: the gateway asks here on connect and on a gap. */
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
}
