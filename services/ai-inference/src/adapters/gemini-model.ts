import type { GenerateContentParameters, GenerateContentResponse, GoogleGenAI } from '@google/genai'
import { ModelError } from '../calls/model-error.ts'
import type { CatalogueModel } from '../models/catalogue.ts'
import type { ProviderAccess } from '../models/provider-access.ts'
import type { LanguageModelV1, ModelAnswer, ModelCall, Usage } from '../ports.ts'
import { collectAnswer } from './collect-answer.ts'
import { once } from './once.ts'
import { toModelError } from './provider-errors.ts'

/** A model behind Google's Gemini API. Nothing is logged at the provider. */
export function geminiModel(model: CatalogueModel, access: ProviderAccess): LanguageModelV1 {
  const client = once(async () => {
    const { GoogleGenAI: Client } = await import('@google/genai')
    return new Client({ apiKey: access.apiKey, vertexai: false, httpOptions: { baseUrl: access.baseUrl } })
  })
  return { generate: async (call) => generate(await client(), model, call) }
}

async function generate(client: GoogleGenAI, model: CatalogueModel, call: ModelCall): Promise<ModelAnswer> {
  const { provider } = model
  const answer = collectAnswer(call, provider)
  let usage: Usage | undefined
  let providerModel = model.provider_model
  let finish: string | undefined
  let blocked = false
  try {
    const stream = await client.models.generateContentStream(request(model, call))
    answer.add('')
    for await (const chunk of stream) {
      answer.add(textOf(chunk))
      usage = usageOf(chunk) ?? usage
      providerModel = chunk.modelVersion ?? providerModel
      finish = chunk.candidates?.[0]?.finishReason ?? finish
      blocked ||= chunk.promptFeedback?.blockReason !== undefined
    }
    call.signal.throwIfAborted()
  } catch (error) {
    throw toModelError(error, { provider, signal: call.signal, answering: answer.begun(), usage })
  }
  if (blocked || (finish !== undefined && refusals.has(finish))) {
    throw new ModelError('refused_content', `${provider} declined to answer`, { retryable: false, usage })
  }
  // The SDK ends its loop quietly when the connection closes between two events: only a finish reason makes an answer whole.
  if (finish === undefined)
    throw new ModelError('stream_cut', `${provider} cut its answer off`, { retryable: true, usage })
  if (finish !== 'STOP' && finish !== 'MAX_TOKENS') {
    throw new ModelError('upstream_error', `${provider} broke off its answer`, { retryable: true, usage })
  }
  return {
    text: answer.text(),
    usage: usage ?? { inputTokens: 0, outputTokens: 0 },
    providerModel,
    finish: finish === 'MAX_TOKENS' ? 'length' : 'complete',
  }
}

const refusals = new Set(['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'LANGUAGE'])

function request(model: CatalogueModel, call: ModelCall): GenerateContentParameters {
  const { output, temperature } = call
  return {
    model: model.provider_model,
    contents: call.user,
    config: {
      systemInstruction: call.system,
      maxOutputTokens: call.maxOutputTokens,
      abortSignal: call.signal,
      // The API keeps requests for its logs unless told; the SDK has no name for this field.
      httpOptions: { extraBody: { store: false } },
      ...(temperature === null ? {} : { temperature }),
      ...(output ? { responseMimeType: 'application/json', responseJsonSchema: output.jsonSchema } : {}),
    },
  }
}

/** Not the SDK's own `text`, which warns on the console when a chunk holds thoughts too. */
function textOf(chunk: GenerateContentResponse): string {
  const parts = chunk.candidates?.[0]?.content?.parts ?? []
  return parts.map(({ text, thought }) => (thought ? '' : (text ?? ''))).join('')
}

function usageOf({ usageMetadata: usage }: GenerateContentResponse): Usage | undefined {
  if (usage?.promptTokenCount === undefined) return undefined
  return {
    inputTokens: usage.promptTokenCount,
    outputTokens: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
  }
}
