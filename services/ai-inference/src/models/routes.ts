import { ModelList } from '@concord/contracts/panel'
import { authenticateService } from '@concord/service-kit/authenticate'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import type { TokenCheck } from '@concord/service-kit/token'
import { listModels } from './list-models.ts'
import type { ModelsDeps } from './list-models.ts'

export type ModelRouteDeps = ModelsDeps & { check: TokenCheck }

export const modelRoutes: FastifyPluginAsyncZod<ModelRouteDeps> = async (server, deps) => {
  server.addHook('onRequest', authenticateService(deps.check))

  server.route({
    method: 'GET',
    url: '/internal/models',
    schema: {
      operationId: 'listModels',
      summary: 'The models of the catalogue with their state, measured latency, prices and limits',
      tags: ['Internal'],
      response: { 200: ModelList },
    },
    handler: async () => listModels(deps),
  })
}
