import { Feedback, GiveFeedback } from '@concord/contracts/feedback'
import { authenticate, requireScope, userOf } from '@concord/service-kit/authenticate'
import { idempotencyKeyOf } from '@concord/service-kit/idempotency'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import { z } from 'zod'
import type { RouteDeps } from '../app.ts'
import { feedbackProblems } from '../queries/problems.ts'
import { giveFeedback } from './give-feedback.ts'

export const feedbackRoutes: FastifyPluginAsyncZod<RouteDeps> = async (server, deps) => {
  server.addHook('onRequest', authenticate(deps.check))
  server.post(
    '/queries/:id/feedback',
    {
      schema: {
        operationId: 'giveFeedback',
        summary: 'Say whether the answer was right',
        description:
          'Grades the models that answered, and so their measured reliability. Said again, it replaces what was said before. 409 while the query runs, or where it ended without an answer. Takes `Idempotency-Key`.',
        tags: ['Consensus'],
        params: z.object({ id: z.string().max(200) }),
        body: GiveFeedback,
        response: { 200: Feedback, ...feedbackProblems },
      },
    },
    async (request, reply) => {
      const principal = userOf(request)
      requireScope(principal, 'queries:write')
      const idempotencyKey = idempotencyKeyOf(request)
      const asked = { id: request.params.id, owner: principal.sub, idempotencyKey }
      const { feedback, replayed } = await giveFeedback(deps, asked, request.body)
      if (replayed) void reply.header('idempotent-replayed', 'true')
      return feedback
    },
  )
}
