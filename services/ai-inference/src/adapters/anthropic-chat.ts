import type { Anthropic } from '@anthropic-ai/sdk'
import type { RawMessageStreamEvent, StopReason, Usage } from '@anthropic-ai/sdk/resources/messages/messages'
import { orAbort } from '../calls/attempt-watch.ts'
import { ModelError } from '../calls/model-error.ts'
import type { ChatBackend, ChatCall, EventSink } from '../completions/chat-backend.ts'
import type { CatalogueModel } from '../models/catalogue.ts'
import type { ProviderAccess } from '../models/provider-access.ts'
import type { TokenUsage } from '../usage/usage.ts'
import { anthropicChatBody } from './anthropic-chat-body.ts'
import { chatChunks, collectedCompletion } from './chat-chunks.ts'
import type { ChatDelta, FinishReason } from './chat-chunks.ts'
import { once } from './once.ts'
import { toModelError } from './provider-errors.ts'

/** A model behind Anthropic's Messages API, told as chat completions. It is asked for a stream either way. */
export function anthropicChat(model: CatalogueModel, access: ProviderAccess): ChatBackend {
  const client = once(async () => {
    const { Anthropic: Client } = await import('@anthropic-ai/sdk')
    return new Client({ apiKey: access.apiKey, baseURL: access.baseUrl, maxRetries: 0, logLevel: 'off' })
  })
  return {
    async complete(call) {
      const answer = collectedCompletion()
      const end = await read(await client(), model, call, async (delta) => answer.add(delta))
      return answer.body(end, call.meter.usage)
    },
    async stream(call, sink) {
      const chunks = chatChunks()
      const write = (events: string) => written(sink, events, call.signal)
      const end = await read(await client(), model, call, (delta, head) => write(chunks.delta(head, delta)))
      const includeUsage = call.request.stream_options?.include_usage === true
      await write(chunks.finish(end, includeUsage ? call.meter.usage : undefined))
    },
  }
}

async function written(sink: EventSink, events: string, signal: AbortSignal): Promise<void> {
  if (sink.write(events)) return
  await orAbort(signal, new Promise<void>((resolve) => sink.onDrain(resolve)))
}

type Head = { id: string; model: string }
type Hear = (delta: ChatDelta, head: Head) => Promise<void>

async function read(
  client: Anthropic,
  model: CatalogueModel,
  { request, meter, signal }: ChatCall,
  hear: Hear,
): Promise<Head & { finish: FinishReason }> {
  const { provider } = model
  let head: Head = { id: crypto.randomUUID(), model: model.provider_model }
  let answering = false
  let stop: StopReason | null = null
  let ended = false
  const body = anthropicChatBody(model, request)
  const deltas = deltaReader()
  try {
    for await (const event of await client.messages.create(body, { signal })) {
      answering = true
      if (event.type === 'message_start') {
        head = { id: event.message.id, model: event.message.model }
        meter.usage = startUsage(event.message.usage)
      }
      if (event.type === 'message_delta') {
        stop = event.delta.stop_reason
        if (meter.usage) meter.usage = { ...meter.usage, outputTokens: event.usage.output_tokens }
      }
      if (event.type === 'message_stop') ended = true
      const delta = deltas(event)
      if (!delta) continue
      meter.events += 1
      meter.characters += delta.content?.length ?? delta.tool_calls?.[0]?.function.arguments.length ?? 0
      await hear(delta, head)
    }
    signal.throwIfAborted()
  } catch (error) {
    throw toModelError(error, { provider, signal, answering, usage: meter.usage })
  }
  // The SDK ends its loop quietly when the connection closes early: only the final event makes an answer whole.
  if (!ended)
    throw new ModelError('stream_cut', `${provider} cut its answer off`, { retryable: true, usage: meter.usage })
  return { ...head, finish: finishOf(stop) }
}

/** Blocks are numbered over texts and calls alike, calls by themselves. */
function deltaReader(): (event: RawMessageStreamEvent) => ChatDelta | undefined {
  const callOf = new Map<number, number>()
  return (event) => {
    if (event.type === 'message_start') return { role: 'assistant', content: '' }
    if (event.type === 'content_block_start' && event.content_block.type === 'tool_use') {
      const { id, name } = event.content_block
      const index = callOf.size
      callOf.set(event.index, index)
      return { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }
    }
    if (event.type !== 'content_block_delta') return undefined
    if (event.delta.type === 'text_delta') return { content: event.delta.text }
    const index = callOf.get(event.index)
    if (event.delta.type !== 'input_json_delta' || index === undefined) return undefined
    return { tool_calls: [{ index, function: { arguments: event.delta.partial_json } }] }
  }
}

function startUsage(usage: Usage): TokenUsage {
  const cached = usage.cache_read_input_tokens ?? 0
  const inputTokens = usage.input_tokens + cached + (usage.cache_creation_input_tokens ?? 0)
  return { inputTokens, cachedInputTokens: cached, outputTokens: usage.output_tokens }
}

function finishOf(stop: StopReason | null): FinishReason {
  if (stop === 'max_tokens' || stop === 'model_context_window_exceeded') return 'length'
  if (stop === 'tool_use') return 'tool_calls'
  return stop === 'refusal' ? 'content_filter' : 'stop'
}
