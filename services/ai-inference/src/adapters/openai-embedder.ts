import type { Dispatcher } from 'undici'
import { z } from 'zod'
import { ModelError } from '../calls/model-error.ts'
import type { Embedder } from '../embeddings/embedder.ts'
import type { EmbeddingModel } from '../models/catalogue.ts'
import type { ProviderAccess } from '../models/provider-access.ts'
import { openAiTarget, post } from './openai-post.ts'
import { toModelError } from './provider-errors.ts'

const Vectors = z.looseObject({
  data: z.array(z.unknown()).min(1),
  usage: z.looseObject({ prompt_tokens: z.int().min(0).max(1_000_000_000) }).nullish(),
})

const longestAnswer = 256 * 1024 * 1024

/** A model behind OpenAI's embeddings wire, which Gemini speaks too. Its bytes are passed on as they come. */
export function openAiEmbedder(model: EmbeddingModel, access: ProviderAccess, pool: Dispatcher): Embedder {
  const { provider } = model
  const target = openAiTarget(provider, access, pool, '/embeddings')
  const malformed = () =>
    new ModelError('malformed_output', `${provider} sent an answer that is broken`, { retryable: true })

  return async ({ request, meter, signal }) => {
    const { input, dimensions, encoding_format: encoding } = request
    const body = JSON.stringify({
      model: model.provider_model,
      input,
      ...(dimensions ? { dimensions } : {}),
      ...(encoding ? { encoding_format: encoding } : {}),
    })
    const chunks: Buffer[] = []
    let length = 0
    try {
      await post(target, body, signal, (bytes) => {
        length += bytes.length
        if (length > longestAnswer) throw malformed()
        chunks.push(bytes)
      })
    } catch (error) {
      throw toModelError(error, { provider, signal, answering: length > 0 })
    }
    const answer = Buffer.concat(chunks)
    const vectors = parse(answer)
    if (!vectors) throw malformed()
    const inputTokens = vectors.usage?.prompt_tokens
    if (inputTokens) meter.usage = { inputTokens, cachedInputTokens: 0, outputTokens: 0 }
    return answer
  }
}

function parse(body: Buffer): z.output<typeof Vectors> | undefined {
  try {
    return Vectors.safeParse(JSON.parse(body.toString())).data
  } catch {
    return undefined
  }
}
