import type { Anthropic } from '@anthropic-ai/sdk'
import type { MessageCreateParamsStreaming, StopReason } from '@anthropic-ai/sdk/resources/messages/messages'
import { ModelError } from '../calls/model-error.ts'
import type { CatalogueModel } from '../models/catalogue.ts'
import type { ProviderAccess } from '../models/provider-access.ts'
import type { LanguageModelV1, ModelAnswer, ModelCall, Usage } from '../ports.ts'
import { collectAnswer } from './collect-answer.ts'
import { once } from './once.ts'
import { toModelError } from './provider-errors.ts'

/** A model behind Anthropic's Messages API. */
export function anthropicModel(model: CatalogueModel, access: ProviderAccess): LanguageModelV1 {
  const client = once(async () => {
    const { Anthropic: Client } = await import('@anthropic-ai/sdk')
    return new Client({ apiKey: access.apiKey, baseURL: access.baseUrl, maxRetries: 0, logLevel: 'off' })
  })
  return { generate: async (call) => generate(await client(), model, call) }
}

async function generate(client: Anthropic, model: CatalogueModel, call: ModelCall): Promise<ModelAnswer> {
  const { provider } = model
  const answer = collectAnswer(call, provider)
  let usage: Usage | undefined
  let providerModel = model.provider_model
  let stop: StopReason | null = null
  let ended = false
  try {
    const stream = await client.messages.create(request(model, call), { signal: call.signal })
    answer.add('')
    for await (const event of stream) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') answer.add(event.delta.text)
      else answer.add('')
      if (event.type === 'message_start') {
        providerModel = event.message.model
        usage = { inputTokens: inputTokens(event.message.usage), outputTokens: event.message.usage.output_tokens }
      }
      if (event.type === 'message_delta') {
        stop = event.delta.stop_reason
        usage = { inputTokens: usage?.inputTokens ?? 0, outputTokens: event.usage.output_tokens }
      }
      if (event.type === 'message_stop') ended = true
    }
    call.signal.throwIfAborted()
  } catch (error) {
    throw toModelError(error, { provider, signal: call.signal, answering: answer.begun(), usage })
  }
  // The SDK ends its loop quietly when the connection closes early: only the final event makes an answer whole.
  if (!ended) throw new ModelError('stream_cut', `${provider} cut its answer off`, { retryable: true, usage })
  if (stop === 'refusal') {
    throw new ModelError('refused_content', `${provider} declined to answer`, { retryable: false, usage })
  }
  const cut = stop === 'max_tokens' || stop === 'model_context_window_exceeded'
  return {
    text: answer.text(),
    usage: usage ?? { inputTokens: 0, outputTokens: 0 },
    providerModel,
    finish: cut ? 'length' : 'complete',
  }
}

function request(
  model: CatalogueModel,
  { system, user, output, maxOutputTokens }: ModelCall,
): MessageCreateParamsStreaming {
  const { effort } = model.reasoning
  const config = {
    ...(effort ? { effort } : {}),
    ...(output ? { format: { type: 'json_schema' as const, schema: output.jsonSchema } } : {}),
  }
  return {
    model: model.provider_model,
    system,
    messages: [{ role: 'user', content: user }],
    max_tokens: maxOutputTokens,
    stream: true,
    ...(Object.keys(config).length > 0 ? { output_config: config } : {}),
  }
}

type InputUsage = {
  input_tokens: number
  cache_creation_input_tokens: number | null
  cache_read_input_tokens: number | null
}

function inputTokens(usage: InputUsage): number {
  return usage.input_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0)
}
