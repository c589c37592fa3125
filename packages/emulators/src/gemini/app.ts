import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { chatRoute, embeddingRoute } from '../openai/app.ts'
import { serve } from '../serve.ts'
import { bearerToken, guardProvider, headerText } from '../wire/guard-provider.ts'
import { readBody } from '../wire/read-body.ts'
import { Refusal } from '../wire/refusal.ts'
import type { Dialect, Failure } from '../wire/wire.ts'
import { geminiError } from './errors.ts'
import { generateWire, readGenerateRequest } from './generate-content.ts'

const dialect: Dialect = { provider: 'gemini', requestIdHeader: 'x-request-id', errorBody: geminiError }

/** Under `/v1beta/openai` Google wraps its error in a list. */
const compatible: Dialect = { ...dialect, errorBody: (failure) => [geminiError(failure)] }

const Call = z.object({ call: z.string() })
const Key = z.looseObject({ key: z.string().optional() })

/** Gemini: `POST /v1beta/models/{model}:generateContent` and `:streamGenerateContent`, `GET /v1beta/models`, and OpenAI's wires under `/v1beta/openai`. Keys start with `AIza`. */
export function geminiApp(context: Context) {
  return async (app: FastifyInstance): Promise<void> => {
    app.register(async (own) => {
      guardProvider(own, dialect, holdsKey, refusal)
      for (const version of ['v1beta', 'v1']) {
        own.post(`/${version}/models/:call`, async (request, reply) => {
          const { model, method } = readCall(readBody(Call, request.params).call)
          const ask = readGenerateRequest(model, method === 'streamGenerateContent', request.body)
          return serve(context, dialect, generateWire, ask, request, reply)
        })
        own.get(`/${version}/models`, () => modelList(['gemini-2.5-pro', 'gemini-2.5-flash']))
      }
    })
    app.register(
      async (openAi) => {
        guardProvider(openAi, compatible, holdsKey, refusal)
        chatRoute(openAi, context, compatible, '')
        embeddingRoute(openAi, context, compatible, '')
      },
      { prefix: '/v1beta/openai' },
    )
  }
}

const refusal: Failure = {
  kind: 'unauthorized',
  status: 401,
  message: 'API key not valid. Please pass a valid API key.',
}

function holdsKey(request: FastifyRequest): boolean {
  const key = headerText(request, 'x-goog-api-key') ?? bearerToken(request) ?? Key.safeParse(request.query).data?.key
  return key?.startsWith('AIza') ?? false
}

/** Reads `gemini-2.5-pro:generateContent`. */
function readCall(call: string): { model: string; method: string } {
  const colon = call.lastIndexOf(':')
  const method = call.slice(colon + 1)
  if (colon < 1 || !['generateContent', 'streamGenerateContent'].includes(method)) {
    throw new Refusal({ kind: 'unknown_route', status: 404, message: `Unknown method: ${method}.` })
  }
  return { model: call.slice(0, colon), method }
}

function modelList(ids: readonly string[]): object {
  const supportedGenerationMethods = ['generateContent', 'streamGenerateContent']
  return {
    models: ids.map((id) => ({
      name: `models/${id}`,
      displayName: id,
      version: '001',
      inputTokenLimit: 1_048_576,
      outputTokenLimit: 65_536,
      supportedGenerationMethods,
    })),
  }
}
