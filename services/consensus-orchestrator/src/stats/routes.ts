import { UserStats } from '@concord/contracts/queries'
import { authenticate, requireScope, userOf } from '@concord/service-kit/authenticate'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import type { RouteDeps } from '../app.ts'
import { callerProblems } from '../queries/problems.ts'
import { utcDay } from '../submission/day.ts'

export const statsRoutes: FastifyPluginAsyncZod<RouteDeps> = async (server, deps) => {
  server.addHook('onRequest', authenticate(deps.check))
  server.get(
    '/user/stats',
    {
      schema: {
        operationId: 'getUserStats',
        summary: 'The caller’s queries and tokens of today, and in all',
        tags: ['Consensus'],
        response: { 200: UserStats, ...callerProblems },
      },
    },
    async (request) => {
      const principal = userOf(request)
      requireScope(principal, 'queries:read')
      const stats = await deps.reader.stats(principal.sub, utcDay(deps.now()))
      return {
        today: { queries_count: stats.queriesToday, tokens_used: stats.tokensToday },
        total_queries: stats.totalQueries,
        avg_confidence: stats.averageConfidence,
        plan: principal.plan,
      }
    },
  )
}
