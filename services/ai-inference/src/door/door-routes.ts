import { authenticate } from '@concord/service-kit/authenticate'
import { drainBody } from '@concord/service-kit/drain-body'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import type { TokenCheck } from '@concord/service-kit/token'
import type { FastifyError } from 'fastify'
import { completionRoutes } from '../completions/routes.ts'
import type { CompletionDeps } from '../completions/routes.ts'
import { embeddingRoutes } from '../embeddings/routes.ts'
import type { EmbeddingDeps } from '../embeddings/routes.ts'
import { logFailure } from './log-failure.ts'
import { openAiModelRoutes } from './model-routes.ts'
import { toOpenAiError } from './openai-error.ts'

export type DoorDeps = CompletionDeps & EmbeddingDeps & { check: TokenCheck }

/** The OpenAI-compatible routes: users' own tokens, and every error in OpenAI's shape. */
export const openAiDoor: FastifyPluginAsyncZod<DoorDeps> = async (server, deps) => {
  server.addHook('onRequest', authenticate(deps.check))
  server.addHook('preClose', async () => deps.watches.stop())
  server.setErrorHandler(async (error: FastifyError, request, reply) => {
    if (reply.getHeader('connection') === 'close') await drainBody(request.raw)
    logFailure(request.log, error)
    const { status, headers, body } = toOpenAiError(error)
    return reply.code(status).headers(headers).type('application/json').serializer(JSON.stringify).send(body)
  })
  await server.register(completionRoutes, deps)
  await server.register(embeddingRoutes, deps)
  await server.register(openAiModelRoutes, deps)
}
