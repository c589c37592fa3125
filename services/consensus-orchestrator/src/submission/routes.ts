import { QueryAccepted, SubmitQuery, submitBodyBytes } from '@concord/contracts/queries'
import { authenticate, requireScope, userOf } from '@concord/service-kit/authenticate'
import { idempotencyKeyOf } from '@concord/service-kit/idempotency'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import type { RouteDeps } from '../app.ts'
import { submitProblems } from '../queries/problems.ts'
import { submitQuery } from './submit-query.ts'

/** The job under its two names. */
export const submissionRoutes: FastifyPluginAsyncZod<RouteDeps> = async (server, deps) => {
  server.addHook('onRequest', authenticate(deps.check))

  for (const { url, operationId } of [
    { url: '/queries/submit', operationId: 'submitQuery' },
    { url: '/queries', operationId: 'createQuery' },
  ]) {
    server.route({
      method: 'POST',
      url,
      bodyLimit: submitBodyBytes,
      schema: {
        operationId,
        summary: 'Ask the council',
        description:
          'Queues the question and answers at once; follow the deliberation by the live socket, the event stream or the results. Takes `Idempotency-Key`.',
        tags: ['Consensus'],
        body: SubmitQuery,
        response: { 202: QueryAccepted, ...submitProblems },
      },
      handler: async (request, reply) => {
        const principal = userOf(request)
        requireScope(principal, 'queries:write')
        const asker = { owner: principal.sub, plan: principal.plan }
        const { answer, replayed } = await submitQuery(deps, asker, request.body, idempotencyKeyOf(request))
        if (replayed) void reply.header('idempotent-replayed', 'true')
        return reply.code(202).send(QueryAccepted.parse(answer))
      },
    })
  }
}
