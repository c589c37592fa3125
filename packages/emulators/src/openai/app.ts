import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { serve, serveEmbeddings } from '../serve.ts'
import { bearerToken, guardProvider } from '../wire/guard-provider.ts'
import type { Dialect } from '../wire/wire.ts'
import { chatWire, readChatRequest } from './chat-completions.ts'
import { embed } from './embeddings.ts'
import { openAiError } from './errors.ts'
import { readResponsesRequest, responsesWire } from './responses.ts'

const dialect: Dialect = { provider: 'openai', requestIdHeader: 'x-request-id', errorBody: openAiError }

/** OpenAI: `POST /v1/responses`, `/v1/chat/completions` and `/v1/embeddings`, `GET /v1/models`. Keys start with `sk-`. */
export function openAiApp(context: Context) {
  return async (app: FastifyInstance): Promise<void> => {
    guardProvider(app, dialect, (request) => bearerToken(request)?.startsWith('sk-') ?? false)
    openAiRoutes(app, context, dialect, ['gpt-5', 'gpt-5-mini', 'gpt-4.1'])
    embeddingRoute(app, context, dialect, '/v1')
  }
}

/** The routes that OpenAI and the providers compatible with it share. */
export function openAiRoutes(app: FastifyInstance, context: Context, own: Dialect, models: readonly string[]): void {
  app.post('/v1/responses', async (request, reply) =>
    serve(context, own, responsesWire, readResponsesRequest(own.provider, request.body), request, reply),
  )
  chatRoute(app, context, own, '/v1')
  app.get('/v1/models', () => ({
    object: 'list',
    data: models.map((id) => ({ id, object: 'model', created: 1_750_000_000, owned_by: own.provider })),
  }))
}

/** Chat Completions under a base path. */
export function chatRoute(app: FastifyInstance, context: Context, own: Dialect, base: string): void {
  app.post(`${base}/chat/completions`, async (request, reply) => {
    const { ask, includeUsage } = readChatRequest(own.provider, request.body)
    return serve(context, own, chatWire({ includeUsage }), ask, request, reply)
  })
}

/** Embeddings under a base path. */
export function embeddingRoute(app: FastifyInstance, context: Context, own: Dialect, base: string): void {
  app.post(`${base}/embeddings`, async (request, reply) => {
    return serveEmbeddings(context, own, embed(request.body, 1_536), request, reply)
  })
}
