import type { Dispatcher } from 'undici'
import { z } from 'zod'
import { ModelError } from '../calls/model-error.ts'
import type { ChatBackend, ChatCall, EventSink } from '../completions/chat-backend.ts'
import type { CatalogueModel } from '../models/catalogue.ts'
import type { ProviderAccess } from '../models/provider-access.ts'
import { usageOf } from './chat-usage.ts'
import type { Flow } from './exchange.ts'
import { openAiChatBody } from './openai-chat-body.ts'
import { openAiTarget, post } from './openai-post.ts'
import { toModelError } from './provider-errors.ts'
import { eventRelay } from './relay-events.ts'

const longestAnswer = 64 * 1024 * 1024

/** A model behind OpenAI's Chat Completions wires, which xAI and Gemini speak too. Its bytes are passed on as they come. */
export function openAiChat(model: CatalogueModel, access: ProviderAccess, pool: Dispatcher): ChatBackend {
  const { provider } = model
  const target = openAiTarget(provider, access, pool, '/chat/completions')

  async function ask(call: ChatCall, accept: string, onData: (bytes: Buffer, flow: Flow) => void): Promise<void> {
    const { request, signal, meter } = call
    const headers = { ...target.headers, accept }
    let answering = false
    try {
      await post({ ...target, headers }, openAiChatBody(model, request), signal, (bytes, flow) => {
        answering = true
        onData(bytes, flow)
      })
    } catch (error) {
      throw toModelError(error, { provider, signal, answering, usage: meter.usage })
    }
  }

  return {
    async complete(call) {
      const chunks: Buffer[] = []
      let length = 0
      await ask(call, 'application/json', (bytes) => {
        length += bytes.length
        if (length > longestAnswer) throw malformed(provider)
        chunks.push(bytes)
      })
      const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
      const completion = parseCompletion(body)
      if (!completion) throw malformed(provider)
      call.meter.usage = usageOf(completion.usage)
      return body
    },
    async stream(call, sink) {
      const includeUsage = call.request.stream_options?.include_usage === true
      const relay = eventRelay({ provider, meter: call.meter, includeUsage })
      await ask(call, 'text/event-stream', (bytes, flow) => {
        const events = relay.push(bytes)
        if (events) pass(events, sink, flow)
      }).catch((error: unknown) => {
        if (!relay.done() || call.signal.aborted) throw error
      })
      if (!relay.done())
        throw new ModelError('stream_cut', `${provider} cut its answer off`, {
          retryable: true,
          usage: call.meter.usage,
        })
    },
  }
}

function pass(events: Buffer, sink: EventSink, flow: Flow): void {
  if (sink.write(events)) return
  flow.pause()
  sink.onDrain(() => flow.resume())
}

function malformed(provider: string): ModelError {
  return new ModelError('malformed_output', `${provider} sent an answer that is broken`, { retryable: true })
}

const Completion = z.looseObject({ choices: z.array(z.unknown()).min(1), usage: z.unknown().optional() })

function parseCompletion(body: Buffer): z.output<typeof Completion> | undefined {
  try {
    return Completion.safeParse(JSON.parse(body.toString())).data
  } catch {
    return undefined
  }
}
