import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { serve } from '../serve.ts'
import { bearerToken, guardProvider, headerText } from '../wire/guard-provider.ts'
import type { Dialect } from '../wire/wire.ts'
import { anthropicError } from './errors.ts'
import { messagesWire, readMessagesRequest } from './messages.ts'

const dialect: Dialect = { provider: 'anthropic', requestIdHeader: 'request-id', errorBody: anthropicError }

/** Anthropic: `POST /v1/messages`, `GET /v1/models`. Keys start with `sk-ant-`, as a bearer token or in `x-api-key`. */
export function anthropicApp(context: Context) {
  return async (app: FastifyInstance): Promise<void> => {
    guardProvider(
      app,
      dialect,
      (request) => (bearerToken(request) ?? headerText(request, 'x-api-key') ?? '').startsWith('sk-ant-'),
      { kind: 'unauthorized', status: 401, message: 'invalid x-api-key' },
    )
    app.post('/v1/messages', async (request, reply) =>
      serve(context, dialect, messagesWire, readMessagesRequest(request.body), request, reply),
    )
    app.get('/v1/models', () => modelList(['claude-sonnet-4-5', 'claude-opus-4-1', 'claude-haiku-4-5']))
  }
}

function modelList(ids: readonly string[]): object {
  const data = ids.map((id) => ({
    id,
    type: 'model',
    display_name: id,
    created_at: '2025-06-15T00:00:00Z',
    deprecated_at: null,
    lifecycle: 'active',
    line: null,
    capabilities: null,
    max_input_tokens: 200_000,
    max_tokens: 64_000,
  }))
  return { data, has_more: false, first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null }
}
