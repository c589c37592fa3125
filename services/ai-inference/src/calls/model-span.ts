import type { Attributes } from '@concord/service-kit/trace'
import { inSpan } from '@concord/service-kit/trace'
import type { Provider } from '../models/catalogue.ts'
import type { BilledUsage } from './call-metrics.ts'

type Asked = {
  operation: 'chat' | 'embeddings'
  model: { name: string; provider: Provider; provider_model?: string }
  attempt?: number
  maxOutputTokens?: number
  temperature?: number | null
}

type Told = { usage: BilledUsage; providerModel?: string; finish?: 'complete' | 'length' }

/** By the semantic conventions of OpenTelemetry for generative AI, which have names of their own for the providers. */
const providers: Record<Provider, string> = {
  openai: 'openai',
  anthropic: 'anthropic',
  gemini: 'gcp.gemini',
  xai: 'x_ai',
}

/**
 * One attempt to ask a model, as a span: which model, how many tokens, how it ended; nothing of what was asked or answered. `work` calls
 * `answered` with what the provider told.
 */
export function inModelCall<Result>(
  asked: Asked,
  work: (answered: (told: Told) => void) => Promise<Result>,
): Promise<Result> {
  const { operation, model } = asked
  const name = `${operation} ${model.name}`
  return inSpan(name, { kind: 'client', attributes: attributesOf(asked) }, (span) =>
    work(({ usage, providerModel, finish }) =>
      span.set({
        'gen_ai.usage.input_tokens': usage.inputTokens,
        'gen_ai.usage.output_tokens': usage.outputTokens,
        'gen_ai.usage.cache_read.input_tokens': usage.cachedInputTokens,
        'gen_ai.response.model': providerModel,
        'gen_ai.response.finish_reasons': finish && [finish === 'length' ? 'length' : 'stop'],
      }),
    ),
  )
}

function attributesOf({ operation, model, attempt, maxOutputTokens, temperature }: Asked): Attributes {
  return {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': providers[model.provider],
    'gen_ai.request.model': model.provider_model ?? model.name,
    'gen_ai.request.max_tokens': maxOutputTokens,
    'gen_ai.request.temperature': temperature ?? undefined,
    'concord.model': model.name,
    'concord.attempt': attempt,
  }
}
