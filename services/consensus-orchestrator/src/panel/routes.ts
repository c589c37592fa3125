import { Panel } from '@concord/contracts/panel'
import { authenticate, requireScope, userOf } from '@concord/service-kit/authenticate'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import type { RouteDeps } from '../app.ts'
import { panelProblems } from '../queries/problems.ts'

export const panelRoutes: FastifyPluginAsyncZod<RouteDeps> = async (server, deps) => {
  server.addHook('onRequest', authenticate(deps.check))
  server.get(
    '/panel',
    {
      schema: {
        operationId: 'getPanel',
        summary: 'The council’s models: state, latency, prices and measured reliability',
        tags: ['Consensus'],
        response: { 200: Panel, ...panelProblems },
      },
    },
    async (request) => {
      requireScope(userOf(request), 'panel:read')
      const [models, learned] = await Promise.all([deps.panel(), deps.learned.current()])
      return { data: models.map((model) => ({ ...model, reliability: learned.shown(model) })) }
    },
  )
}
