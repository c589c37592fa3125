import { z } from 'zod'
import { Content, splitMessages, textOf } from '../wire/message-text.ts'
import { knownModel, readBody } from '../wire/read-body.ts'
import { namedEvent } from '../wire/sse.ts'
import type { Answer, Ask, ToolUse, Wire } from '../wire/wire.ts'

const Request = z.object({
  model: z.string().min(1),
  max_tokens: z.int().positive(),
  messages: z.array(z.object({ role: z.enum(['user', 'assistant', 'system']), content: Content })).min(1),
  system: Content.nullish(),
  stream: z.boolean().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  tools: z.array(z.object({ name: z.string().min(1), input_schema: z.unknown() })).nullish(),
  tool_choice: z.object({ type: z.enum(['auto', 'any', 'none', 'tool']), name: z.string().optional() }).nullish(),
  output_config: z
    .object({ format: z.object({ type: z.literal('json_schema'), schema: z.unknown() }).nullish() })
    .nullish(),
})

/** Reads a body of `POST /v1/messages`. */
export function readMessagesRequest(body: unknown): Ask {
  const request = readBody(Request, body)
  const { system, user } = splitMessages(request.messages)
  const format = request.output_config?.format
  return {
    provider: 'anthropic',
    model: knownModel(request.model),
    system: [textOf(request.system), system].filter(Boolean).join('\n'),
    user,
    form: format ? { name: undefined, schema: format.schema } : undefined,
    maxOutputTokens: request.max_tokens,
    stopSequences: request.stop_sequences ?? undefined,
    stream: request.stream ?? false,
    toolUse: toolUse(request),
  }
}

function toolUse({ tools, tool_choice: choice, messages }: z.output<typeof Request>): ToolUse | undefined {
  if (!tools) return undefined
  const kind = { auto: 'auto', any: 'required', none: 'none', tool: 'required' } as const
  return {
    tools: tools.map(({ name, input_schema: parameters }) => ({ name, parameters })),
    choice: choice?.name === undefined ? kind[choice?.type ?? 'auto'] : { name: choice.name },
    results: messages.flatMap(({ content }) => toolResults(content)),
  }
}

const ToolResult = z.object({ type: z.literal('tool_result'), content: Content.optional() })

function toolResults(content: Content): string[] {
  if (typeof content === 'string') return []
  return content.flatMap((block) => {
    const result = ToolResult.safeParse(block)
    return result.success ? [textOf(result.data.content)] : []
  })
}

const noExtras = {
  cache_creation: null,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  inference_geo: null,
  output_tokens_details: null,
  server_tool_use: null,
  service_tier: 'standard',
  speed: null,
}

/** Anthropic's Messages API, with the event sequence that the SDK's message stream accumulates. */
export const messagesWire: Wire = {
  body: (answer) => ({
    ...message(answer, [block(answer, true)], answer.usage.output),
    ...stop(answer),
  }),
  opening: (answer) =>
    namedEvent(typed('message_start', { message: message(answer, [], 1) })) +
    namedEvent(typed('content_block_start', { index: 0, content_block: block(answer, false) })) +
    namedEvent({ type: 'ping' }),
  delta: ({ toolCall }, text) => {
    const delta = toolCall ? { type: 'input_json_delta', partial_json: text } : { type: 'text_delta', text }
    return namedEvent(typed('content_block_delta', { index: 0, delta }))
  },
  closing: (answer) =>
    namedEvent(typed('content_block_stop', { index: 0 })) +
    namedEvent(
      typed('message_delta', {
        delta: { ...stop(answer), container: null },
        usage: {
          input_tokens: answer.usage.input,
          output_tokens: answer.usage.output,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: 0,
          output_tokens_details: null,
          server_tool_use: null,
        },
      }),
    ) +
    namedEvent({ type: 'message_stop' }),
}

function block({ toolCall, text }: Answer, whole: boolean): object {
  if (!toolCall) return { type: 'text', text: whole ? text : '', citations: null }
  const input: unknown = whole ? JSON.parse(toolCall.arguments) : {}
  return { type: 'tool_use', id: toolCall.id.replace('call_', 'toolu_'), name: toolCall.name, input }
}

function typed(type: string, fields: object): { type: string } {
  return { type, ...fields }
}

function stop(answer: Answer): object {
  const reason = { complete: 'end_turn', length: 'max_tokens', refused: 'refusal', tool_call: 'tool_use' }[answer.stop]
  const details = answer.stop === 'refused' ? { type: 'refusal', category: null, explanation: null } : null
  const { stoppedBy = null } = answer
  return { stop_reason: stoppedBy === null ? reason : 'stop_sequence', stop_sequence: stoppedBy, stop_details: details }
}

function message(answer: Answer, content: object[], outputTokens: number): object {
  return {
    id: `msg_${answer.id}`,
    type: 'message',
    role: 'assistant',
    model: answer.ask.model,
    container: null,
    content,
    diagnostics: null,
    stop_details: null,
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: answer.usage.input, output_tokens: outputTokens, ...noExtras },
  }
}
