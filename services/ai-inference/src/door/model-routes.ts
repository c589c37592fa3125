import type { OpenAiModel } from '@concord/contracts/chat-completions'
import { OpenAiModelList } from '@concord/contracts/chat-completions'
import { requireScope, userOf } from '@concord/service-kit/authenticate'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import { z } from 'zod'
import { autoModel, unknownModel } from '../completions/choose-models.ts'
import type { EmbeddingCatalogue } from '../models/catalogue.ts'
import { findModel } from '../models/find-model.ts'
import { listModels } from '../models/list-models.ts'
import type { ModelsDeps } from '../models/list-models.ts'

export type OpenAiModelDeps = ModelsDeps & {
  embeddingModels: EmbeddingCatalogue
  embedders: ReadonlyMap<string, unknown>
}

/** When these names were given: models here have no birthday of their own. */
const created = Date.UTC(2026, 0, 1) / 1_000
const Id = z.object({ '*': z.string().max(256) })

export const openAiModelRoutes: FastifyPluginAsyncZod<OpenAiModelDeps> = async (server, deps) => {
  server.addHook('preHandler', async (request) => requireScope(userOf(request), 'models:use'))

  server.route({
    method: 'GET',
    url: '/v1/models',
    schema: {
      operationId: 'listOpenAiModels',
      summary: 'The models that can be asked, as OpenAI’s clients read them',
      tags: ['OpenAI-compatible'],
      response: { 200: OpenAiModelList },
    },
    handler: async () => ({ object: 'list' as const, data: allModels(deps) }),
  })

  // A name may hold a slash, whether the client writes it as `%2F` or not.
  server.route({
    method: 'GET',
    url: '/v1/models/*',
    schema: { operationId: 'getOpenAiModel', summary: 'One model', tags: ['OpenAI-compatible'], params: Id },
    handler: async (request) => {
      const id = request.params['*']
      const name = (findModel(deps.catalogue, id) ?? findModel(deps.embeddingModels, id))?.name ?? id
      const model = allModels(deps).find((known) => known.id === name)
      if (!model) throw unknownModel(id)
      return { ...model, id }
    },
  })
}

/** What can be asked now: a provider without a key has no models here. */
function allModels(deps: OpenAiModelDeps): OpenAiModel[] {
  const chat = listModels(deps)
    .data.filter(({ state }) => state !== 'unconfigured')
    .map(({ name, provider, family, ...facts }) => entry(name, family, { kind: 'chat', provider, ...facts }))
  const embedding = [...deps.embeddingModels.values()]
    .filter(({ name }) => deps.embedders.has(name))
    .map(({ name, provider, family, kind, provider_model, prices, limits }) =>
      entry(name, family, { kind, provider, provider_model, prices, limits }),
    )
  const router = entry(autoModel, 'concord', { kind: 'router' })
  return [...chat, ...(chat.length > 0 ? [router] : []), ...embedding]
}

function entry(id: string, ownedBy: string, facts: object): OpenAiModel {
  return { id, object: 'model', created, owned_by: ownedBy, ...facts }
}
