import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { openAiRoutes } from '../openai/app.ts'
import { bearerToken, guardProvider } from '../wire/guard-provider.ts'
import type { Dialect, Failure } from '../wire/wire.ts'

const dialect: Dialect = { provider: 'xai', requestIdHeader: 'x-request-id', errorBody: xAiError }

/** xAI: OpenAI's wires under its own prefix, with its own models, keys (`xai-`) and error bodies. */
export function xAiApp(context: Context) {
  return async (app: FastifyInstance): Promise<void> => {
    guardProvider(app, dialect, (request) => bearerToken(request)?.startsWith('xai-') ?? false)
    openAiRoutes(app, context, dialect, ['grok-4', 'grok-4-fast', 'grok-3'])
  }
}

const codes: Record<Failure['kind'], string> = {
  unauthorized: 'Unauthenticated: the request does not have valid authentication credentials',
  invalid: 'Client specified an invalid argument',
  unknown_model: 'Some requested entity was not found',
  unknown_route: 'Some requested entity was not found',
  too_large: 'Client specified an invalid argument',
  rate_limited: 'Some resource has been exhausted',
  server_error: 'The service is currently unavailable',
}

/** `{"code": "…", "error": "…"}`: xAI's error is a text where OpenAI's is an object. */
function xAiError(failure: Failure): object {
  return { code: codes[failure.kind], error: failure.message }
}
