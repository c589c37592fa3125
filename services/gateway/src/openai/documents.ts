import { CompletionUsage, OpenAiError, OpenAiModel, OpenAiModelList } from '@concord/contracts/chat-completions'
import { Outcome } from '@concord/contracts/queries'
import { z } from 'zod'
import { DoorChatRequest } from './concord-request.ts'

/** What the API reference says of the door; bodies are checked by whoever answers. */
const tags = ['OpenAI-compatible']

const refusals = Object.fromEntries(
  [400, 401, 403, 404, 413, 415, 429, 502, 503, 504].map((status) => [status, OpenAiError]),
)

const share = z.number().min(0).max(1)

const ConcordExtension = z
  .object({
    query_id: z.string(),
    confidence: share,
    agreement: share,
    outcome: Outcome,
    reached: z.boolean(),
    answer: z.string().nullable(),
    cost_usd: z.number(),
    degraded: z.boolean(),
    sandbox: z.boolean(),
    corrected_summary: z.string().optional(),
  })
  .meta({ id: 'ConcordExtension', description: 'Told by the model `concord`, in a stream by the last chunk.' })

const ChatCompletion = z
  .looseObject({
    id: z.string(),
    object: z.literal('chat.completion'),
    created: z.int(),
    model: z.string(),
    choices: z.array(
      z.looseObject({
        index: z.int(),
        message: z.looseObject({ role: z.literal('assistant'), content: z.string().nullable() }),
        finish_reason: z.string(),
      }),
    ),
    usage: CompletionUsage,
    concord: ConcordExtension.optional(),
  })
  .meta({ id: 'ChatCompletion' })

export const chatDocument = {
  operationId: 'createChatCompletion',
  summary: 'A chat completion, by a single model or, as `concord`, by the council',
  description:
    'OpenAI’s Chat Completions API. With `stream: true` the answer is Server-Sent Events that end with `[DONE]`; a stream that ends without it has failed.',
  tags,
  body: DoorChatRequest,
  response: { 200: ChatCompletion, ...refusals },
}

const EmbeddingsRequest = z
  .looseObject({
    model: z.string(),
    input: z.union([z.string(), z.array(z.string()), z.array(z.int()), z.array(z.array(z.int()))]),
    encoding_format: z.enum(['float', 'base64']).optional(),
    dimensions: z.int().positive().optional(),
  })
  .meta({ id: 'EmbeddingsRequest' })

const Embeddings = z
  .looseObject({
    object: z.literal('list'),
    model: z.string(),
    data: z.array(
      z.object({
        object: z.literal('embedding'),
        index: z.int(),
        embedding: z.union([z.array(z.number()), z.string()]),
      }),
    ),
    usage: z.looseObject({ prompt_tokens: z.int(), total_tokens: z.int() }),
  })
  .meta({ id: 'Embeddings' })

export const embeddingsDocument = {
  operationId: 'createEmbeddings',
  summary: 'Embeddings',
  tags,
  body: EmbeddingsRequest,
  response: { 200: Embeddings, ...refusals },
}

export const modelsDocument = {
  operationId: 'listOpenAiModels',
  summary: 'The models that may be asked, the council among them',
  tags,
  response: { 200: OpenAiModelList, ...refusals },
}

export const modelDocument = {
  operationId: 'getOpenAiModel',
  summary: 'One of them',
  tags,
  params: z.object({ model: z.string() }),
  response: { 200: OpenAiModel, ...refusals },
}
