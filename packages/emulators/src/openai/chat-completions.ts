import { z } from 'zod'
import { Content, splitMessages, textOf } from '../wire/message-text.ts'
import { knownModel, readBody } from '../wire/read-body.ts'
import { plainEvent } from '../wire/sse.ts'
import type { Answer, Ask, Form, Provider, ToolCall, ToolUse, Wire } from '../wire/wire.ts'

const Tool = z.object({ name: z.string().min(1), parameters: z.unknown().optional() })

const Request = z.object({
  model: z.string().min(1),
  messages: z.array(z.object({ role: z.string(), content: Content.nullish() })).min(1),
  tools: z.array(z.object({ type: z.literal('function'), function: Tool })).nullish(),
  tool_choice: z.union([z.enum(['auto', 'none', 'required']), z.object({ function: Tool })]).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  response_format: z
    .object({
      type: z.string(),
      json_schema: z.object({ name: z.string().optional(), schema: z.unknown().optional() }).optional(),
    })
    .nullish(),
})

/** Reads a body of `POST /v1/chat/completions`, and says whether the stream ends with its usage. */
export function readChatRequest(provider: Provider, body: unknown): { ask: Ask; includeUsage: boolean } {
  const request = readBody(Request, body)
  const ask: Ask = {
    provider,
    model: knownModel(request.model),
    ...splitMessages(request.messages),
    form: formOf(request),
    maxOutputTokens: request.max_completion_tokens ?? request.max_tokens ?? undefined,
    stopSequences: typeof request.stop === 'string' ? [request.stop] : (request.stop ?? undefined),
    stream: request.stream ?? false,
    toolUse: toolUse(request),
  }
  return { ask, includeUsage: request.stream_options?.include_usage ?? false }
}

/** What an answer in JSON looks like where it may look like anything. */
const anyObject = { type: 'object', properties: { answer: { type: 'string' } } }

function formOf({ response_format: format }: z.output<typeof Request>): Form | undefined {
  if (format?.type === 'json_object') return { name: undefined, schema: anyObject }
  if (format?.type !== 'json_schema') return undefined
  return { name: format.json_schema?.name, schema: format.json_schema?.schema }
}

function toolUse({ tools, tool_choice: choice, messages }: z.output<typeof Request>): ToolUse | undefined {
  if (!tools) return undefined
  return {
    tools: tools.map(({ function: tool }) => ({ name: tool.name, parameters: tool.parameters })),
    choice: typeof choice === 'object' && choice ? { name: choice.function.name } : (choice ?? 'auto'),
    results: messages.filter(({ role }) => role === 'tool').map(({ content }) => textOf(content)),
  }
}

/** OpenAI's Chat Completions API, which xAI speaks as well. */
export function chatWire(o: { includeUsage: boolean }): Wire {
  return {
    body: (answer) => ({
      ...head(answer, 'chat.completion'),
      choices: [{ index: 0, message: message(answer), logprobs: null, finish_reason: finishReason(answer) }],
      usage: usage(answer),
    }),
    opening: (answer) => chunk(answer, opening(answer), null),
    delta: (answer, text) => chunk(answer, delta(answer, text), null),
    closing: (answer) =>
      chunk(answer, {}, finishReason(answer)) +
      (o.includeUsage
        ? plainEvent({ ...head(answer, 'chat.completion.chunk'), choices: [], usage: usage(answer) })
        : '') +
      'data: [DONE]\n\n',
  }
}

function head(answer: Answer, object: string): object {
  return {
    id: `chatcmpl-${answer.id}`,
    object,
    created: Math.floor(answer.createdAtMs / 1000),
    model: answer.ask.model,
  }
}

function opening({ toolCall }: Answer): object {
  if (!toolCall) return { role: 'assistant', content: '' }
  return { role: 'assistant', content: null, tool_calls: [{ index: 0, ...called(toolCall, '') }] }
}

function delta({ toolCall, stop }: Answer, text: string): object {
  if (toolCall) return { tool_calls: [{ index: 0, function: { arguments: text } }] }
  return stop === 'refused' ? { refusal: text } : { content: text }
}

function called({ id, name }: ToolCall, text: string): object {
  return { id, type: 'function', function: { name, arguments: text } }
}

function message(answer: Answer): object {
  if (answer.toolCall) {
    const calls = [called(answer.toolCall, answer.toolCall.arguments)]
    return { role: 'assistant', content: null, refusal: null, tool_calls: calls }
  }
  return answer.stop === 'refused'
    ? { role: 'assistant', content: null, refusal: answer.text }
    : { role: 'assistant', content: answer.text, refusal: null, annotations: [] }
}

function chunk(answer: Answer, delta: object, finish: string | null): string {
  const choice = { index: 0, delta, logprobs: null, finish_reason: finish }
  return plainEvent({ ...head(answer, 'chat.completion.chunk'), choices: [choice] })
}

function finishReason(answer: Answer): string {
  return { complete: 'stop', refused: 'stop', length: 'length', tool_call: 'tool_calls' }[answer.stop]
}

function usage({ usage: { input, output } }: Answer): object {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  }
}
