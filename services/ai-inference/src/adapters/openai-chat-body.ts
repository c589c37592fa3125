import type { ChatCompletionRequest } from '@concord/contracts/chat-completions'
import type { CatalogueModel, Provider } from '../models/catalogue.ts'
import { leftOut } from '../completions/preferences.ts'

/** They name the caller's user, or ask for storage or a tariff that is not the catalogue's. */
const notPassedOn: ReadonlySet<string> = new Set([
  'model',
  'user',
  'safety_identifier',
  'metadata',
  'store',
  'service_tier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'n',
  'modalities',
  'max_tokens',
  'max_completion_tokens',
  'stream_options',
])

/** What a provider of OpenAI's wires is sent: the caller's request, its model's own name, and always the wish to be told the usage. */
export function openAiChatBody(model: CatalogueModel, request: ChatCompletionRequest): string {
  const ignored = leftOut(model, request)
  const body: Record<string, unknown> = { model: model.provider_model }
  for (const [name, value] of Object.entries(request)) {
    if (value === null || value === undefined || notPassedOn.has(name) || ignored.includes(name)) continue
    body[name] = value
  }
  const limit = request.max_completion_tokens ?? request.max_tokens
  if (limit) body['max_completion_tokens'] = limit
  if (request.stream) body['stream_options'] = { ...request.stream_options, include_usage: true }
  if (storesByDefault[model.provider]) body['store'] = false
  return JSON.stringify(body)
}

const storesByDefault: Record<Provider, boolean> = { openai: true, xai: false, gemini: false, anthropic: false }
