import type OpenAI from 'openai'
import type { Response, ResponseCreateParamsStreaming } from 'openai/resources/responses/responses'
import { ModelError } from '../calls/model-error.ts'
import type { CatalogueModel } from '../models/catalogue.ts'
import type { ProviderAccess } from '../models/provider-access.ts'
import type { LanguageModelV1, ModelAnswer, ModelCall, Usage } from '../ports.ts'
import { collectAnswer } from './collect-answer.ts'
import { once } from './once.ts'
import { toModelError } from './provider-errors.ts'

/** A model behind OpenAI's Responses API, which xAI speaks too. Nothing is stored at the provider. */
export function openAiModel(model: CatalogueModel, access: ProviderAccess): LanguageModelV1 {
  const client = once(async () => {
    const { OpenAI: Client } = await import('openai')
    return new Client({
      apiKey: access.apiKey,
      baseURL: `${access.baseUrl}/v1`,
      organization: null,
      project: null,
      maxRetries: 0,
      logLevel: 'off',
    })
  })
  return { generate: async (call) => generate(await client(), model, call) }
}

async function generate(client: OpenAI, model: CatalogueModel, call: ModelCall): Promise<ModelAnswer> {
  const { provider } = model
  const answer = collectAnswer(call, provider)
  let final: Response | undefined
  let refused = false
  try {
    const stream = await client.responses.create(request(model, call), { signal: call.signal })
    answer.add('')
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') answer.add(event.delta)
      else answer.add('')
      if (event.type === 'response.refusal.delta') refused = true
      if (event.type === 'error') throw brokenOff(provider, event.code)
      if (event.type === 'response.failed')
        throw brokenOff(provider, event.response.error?.code, usageOf(event.response))
      if (event.type === 'response.completed' || event.type === 'response.incomplete') final = event.response
    }
    call.signal.throwIfAborted()
  } catch (error) {
    throw toModelError(error, { provider, signal: call.signal, answering: answer.begun() })
  }
  // The SDK ends its loop quietly when the connection closes early: only the final event makes an answer whole.
  if (!final) throw new ModelError('stream_cut', `${provider} cut its answer off`, { retryable: true })
  const usage = usageOf(final)
  if (refused || final.incomplete_details?.reason === 'content_filter') {
    throw new ModelError('refused_content', `${provider} declined to answer`, { retryable: false, usage })
  }
  return {
    text: answer.text(),
    usage: usage ?? { inputTokens: 0, outputTokens: 0 },
    providerModel: final.model,
    finish: final.status === 'incomplete' ? 'length' : 'complete',
  }
}

function request(model: CatalogueModel, call: ModelCall): ResponseCreateParamsStreaming {
  const { output, temperature } = call
  const { effort } = model.reasoning
  return {
    model: model.provider_model,
    instructions: call.system,
    input: call.user,
    stream: true,
    store: false,
    max_output_tokens: call.maxOutputTokens,
    ...(effort ? { reasoning: { effort } } : {}),
    ...(temperature === null ? {} : { temperature }),
    ...(output
      ? { text: { format: { type: 'json_schema', name: output.name, schema: output.jsonSchema, strict: true } } }
      : {}),
  }
}

function brokenOff(provider: string, code: string | null | undefined, usage?: Usage): ModelError {
  if (code === 'rate_limit_exceeded')
    return new ModelError('rate_limited', `${provider} limits the rate of calls`, { retryable: true, usage })
  return new ModelError('upstream_error', `${provider} broke off its answer`, { retryable: true, usage })
}

function usageOf({ usage }: Response): Usage | undefined {
  return usage ? { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens } : undefined
}
