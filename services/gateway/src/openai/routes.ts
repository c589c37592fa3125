import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ModelsDoor } from '../ports.ts'
import { askConcord } from './ask-concord.ts'
import type { ConcordDeps } from './ask-concord.ts'
import { doorCaller, requireCouncil, requireModels } from './caller.ts'
import { chatDocument, embeddingsDocument, modelDocument, modelsDocument } from './documents.ts'
import { concordModel, listModels } from './models.ts'
import { passOn } from './pass-on.ts'
import { readRequest } from './read-request.ts'
import { sendNoSuchAddress, wrongParameter } from './door-error.ts'

export type DoorDeps = ConcordDeps & {
  /** ai-inference, which answers for single models. */
  models: ModelsDoor
  /** Largest body, in bytes. */
  doorBodyLimit: number
}

/**
 * OpenAI's API for OpenAI's clients: chat completions, embeddings and models. The council answers as the model `concord`; everything else
 * is passed on to ai-inference as it is. Bodies are checked by whoever answers, in OpenAI's words.
 */
export async function openAiRoutes(server: FastifyInstance, deps: DoorDeps): Promise<void> {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: deps.doorBodyLimit },
    async (_request: unknown, body: Buffer) => body,
  )
  server.setValidatorCompiler(() => (value) => ({ value }))
  server.setSerializerCompiler(() => (value) => JSON.stringify(value))

  server.post('/chat/completions', { schema: chatDocument }, async (request, reply) => {
    const caller = doorCaller(request)
    const { model, body, raw } = readRequest(request)
    if (model === concordModel.id) return askConcord(deps, body, request, reply)
    requireModels(caller)
    await passOn(deps.models, { path: '/v1/chat/completions', body: raw }, request, reply)
    return reply
  })

  server.post('/embeddings', { schema: embeddingsDocument }, async (request, reply) => {
    requireModels(doorCaller(request))
    const { model, raw } = readRequest(request)
    if (model === concordModel.id)
      throw wrongParameter('model', 'the council makes no embeddings', 'model_not_supported')
    await passOn(deps.models, { path: '/v1/embeddings', body: raw }, request, reply)
    return reply
  })

  server.get('/models', { schema: modelsDocument }, async (request) => listModels(deps.models, request))

  server.get<{ Params: { model: string } }>('/models/:model', { schema: modelDocument }, async (request, reply) =>
    showModel(deps, request.params.model, request, reply),
  )
  // Clients that do not encode the slash of `provider/model`.
  server.get<{ Params: { '*': string } }>('/models/*', { schema: { hide: true } }, async (request, reply) =>
    showModel(deps, request.params['*'], request, reply),
  )
}

async function showModel(
  { models }: DoorDeps,
  id: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (id === '') return sendNoSuchAddress(request, reply)
  const caller = doorCaller(request)
  if (id === concordModel.id) {
    requireCouncil(caller)
    return reply.send(concordModel)
  }
  requireModels(caller)
  await passOn(models, { path: `/v1/models/${encodeURIComponent(id)}`, body: undefined }, request, reply)
  return reply
}
