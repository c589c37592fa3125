import { requireScope, userOf } from '@concord/service-kit/authenticate'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { askModels } from '../completions/ask-models.ts'
import type { AskDeps } from '../completions/ask-models.ts'
import { CallerGone } from '../completions/call-limits.ts'
import type { CallWatch, CallWatches } from '../completions/call-limits.ts'
import { unknownModel } from '../completions/choose-models.ts'
import { documentedBody } from '../door/documented-body.ts'
import { refuseParam } from '../door/door-error.ts'
import { readBody } from '../door/read-body.ts'
import type { EmbeddingCatalogue, EmbeddingModel } from '../models/catalogue.ts'
import { findModel } from '../models/find-model.ts'
import { openBill } from '../usage/bill.ts'
import type { BillDeps } from '../usage/bill.ts'
import type { Embedder } from './embedder.ts'
import { EmbeddingRequest, tokensOfInputs } from './embedding-request.ts'

export type EmbeddingDeps = AskDeps &
  BillDeps & {
    embeddingModels: EmbeddingCatalogue
    /** By the catalogue's names; without those whose providers are not configured. */
    embedders: ReadonlyMap<string, Embedder>
    watches: CallWatches
  }

/** Enough for as many texts as one call may hold, at a few pages each. */
const bodyLimit = 8 * 1024 * 1024

export const embeddingRoutes: FastifyPluginAsyncZod<EmbeddingDeps> = async (server, deps) => {
  server.route({
    method: 'POST',
    url: '/v1/embeddings',
    bodyLimit,
    ...documentedBody(EmbeddingRequest, {
      operationId: 'createEmbeddings',
      summary: 'Vectors for one text or many, as OpenAI’s clients take them',
      tags: ['OpenAI-compatible'],
    }),
    handler: async (request, reply) => embed(deps, request, reply),
  })
}

async function embed(deps: EmbeddingDeps, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const principal = userOf(request)
  requireScope(principal, 'models:use')
  const asked = readBody(EmbeddingRequest, request.body)
  const { model, embedder } = chooseEmbedder(deps, asked)
  const tokens = tokensOfInputs(asked)
  refuseLongInputs(model, tokens)
  const inputTokens = tokens.reduce((sum, count) => sum + count, 0)
  const watch = deps.watches.open(principal.sub, reply)
  try {
    const bill = await openBill(deps, { principal, feature: 'embeddings', inputTokens })
    const body = await askModels(deps, {
      operation: 'embeddings',
      models: [model],
      inputTokens,
      ...limitsOf(watch),
      bill,
      ask: (_model, meter) => embedder({ request: asked, meter, signal: watch.signal }),
      begun: () => false,
    })
    return reply.header('x-concord-model', model.name).type('application/json').send(body)
  } catch (error) {
    if (!(error instanceof CallerGone)) throw error
    return reply.hijack()
  } finally {
    watch.close()
  }
}

function limitsOf({ signal, endAt }: CallWatch) {
  return { signal, endAt }
}

function chooseEmbedder({ embeddingModels, embedders }: EmbeddingDeps, { model: id, dimensions }: EmbeddingRequest) {
  const model = findModel(embeddingModels, id)
  const embedder = model && embedders.get(model.name)
  if (!model || !embedder) throw unknownModel(id)
  if (dimensions && dimensions > model.limits.dimensions)
    throw refuseParam('dimensions', `The model ${model.name} has ${model.limits.dimensions} dimensions.`)
  return { model, embedder }
}

/** Only what is surely too long: the count is an estimate, and the provider's own decides. */
function refuseLongInputs({ name, limits }: EmbeddingModel, tokens: readonly number[]): void {
  const at = tokens.findIndex((count) => count > limits.input_tokens * 4)
  if (at < 0) return
  const param = tokens.length === 1 ? 'input' : `input[${at}]`
  throw refuseParam(param, `The model ${name} reads at most ${limits.input_tokens} tokens a text.`)
}
