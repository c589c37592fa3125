import { z } from 'zod'
import { Content, splitMessages, textOf } from '../wire/message-text.ts'
import { knownModel, readBody } from '../wire/read-body.ts'
import { namedEvent } from '../wire/sse.ts'
import type { Answer, Ask, Provider, Wire } from '../wire/wire.ts'

const Request = z.object({
  model: z.string().min(1),
  input: z.union([z.string(), z.array(z.object({ role: z.string().optional(), content: Content.nullish() }))]),
  instructions: Content.nullish(),
  stream: z.boolean().nullish(),
  max_output_tokens: z.int().positive().nullish(),
  text: z
    .object({
      format: z.object({ type: z.string(), name: z.string().optional(), schema: z.unknown().optional() }).optional(),
    })
    .nullish(),
})

/** Reads a body of `POST /v1/responses`. */
export function readResponsesRequest(provider: Provider, body: unknown): Ask {
  const request = readBody(Request, body)
  const { system, user } =
    typeof request.input === 'string' ? { system: '', user: request.input } : splitMessages(request.input)
  const format = request.text?.format
  return {
    provider,
    model: knownModel(request.model),
    system: [textOf(request.instructions), system].filter(Boolean).join('\n'),
    user,
    form: format?.type === 'json_schema' ? { name: format.name, schema: format.schema } : undefined,
    maxOutputTokens: request.max_output_tokens ?? undefined,
    stream: request.stream ?? false,
  }
}

/** OpenAI's Responses API. Event names and their order are those that the SDK's response accumulator checks. */
export const responsesWire: Wire = {
  body: (answer) => response(answer, true),
  opening: (answer) => {
    const at = { item_id: itemId(answer), output_index: 0, content_index: 0 }
    return (
      namedEvent(event('response.created', 0, { response: response(answer, false) })) +
      namedEvent(event('response.in_progress', 1, { response: response(answer, false) })) +
      namedEvent(
        event('response.output_item.added', 2, {
          output_index: 0,
          item: { ...item(answer), status: 'in_progress', content: [] },
        }),
      ) +
      namedEvent(event('response.content_part.added', 3, { ...at, part: part(answer, '') }))
    )
  },
  delta: (answer, text, index) =>
    namedEvent(
      event(answer.stop === 'refused' ? 'response.refusal.delta' : 'response.output_text.delta', 4 + index, {
        item_id: itemId(answer),
        output_index: 0,
        content_index: 0,
        delta: text,
        ...(answer.stop === 'refused' ? {} : { logprobs: [] }),
      }),
    ),
  closing: (answer) => {
    const at = { item_id: itemId(answer), output_index: 0, content_index: 0 }
    const refused = answer.stop === 'refused'
    const done = refused ? { refusal: answer.text } : { text: answer.text, logprobs: [] }
    return (
      namedEvent(event(refused ? 'response.refusal.done' : 'response.output_text.done', 9_996, { ...at, ...done })) +
      namedEvent(event('response.content_part.done', 9_997, { ...at, part: part(answer, answer.text) })) +
      namedEvent(event('response.output_item.done', 9_998, { output_index: 0, item: item(answer) })) +
      namedEvent(
        event(answer.stop === 'length' ? 'response.incomplete' : 'response.completed', 9_999, {
          response: response(answer, true),
        }),
      )
    )
  },
}

function event(type: string, sequence: number, fields: object): { type: string; sequence_number: number } {
  return { type, sequence_number: sequence, ...fields }
}

function itemId(answer: Answer): string {
  return `msg_${answer.id}`
}

function part(answer: Answer, text: string): object {
  if (answer.stop === 'refused') return { type: 'refusal', refusal: text }
  return { type: 'output_text', text, annotations: [], logprobs: [] }
}

function item(answer: Answer): object {
  return {
    id: itemId(answer),
    type: 'message',
    role: 'assistant',
    status: answer.stop === 'length' ? 'incomplete' : 'completed',
    content: [part(answer, answer.text)],
  }
}

function response(answer: Answer, finished: boolean): object {
  const { ask, usage } = answer
  const createdAt = Math.floor(answer.createdAtMs / 1000)
  const format = ask.form
    ? { type: 'json_schema', name: ask.form.name ?? 'answer', strict: true, schema: ask.form.schema }
    : { type: 'text' }
  const truncated = answer.stop === 'length'
  return {
    id: `resp_${answer.id}`,
    object: 'response',
    created_at: createdAt,
    status: finished ? (truncated ? 'incomplete' : 'completed') : 'in_progress',
    error: null,
    incomplete_details: finished && truncated ? { reason: 'max_output_tokens' } : null,
    instructions: ask.system || null,
    max_output_tokens: ask.maxOutputTokens ?? null,
    model: ask.model,
    output: finished ? [item(answer)] : [],
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: false,
    temperature: 1,
    text: { format },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: finished
      ? {
          input_tokens: usage.input,
          input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
          output_tokens: usage.output,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens: usage.input + usage.output,
        }
      : null,
    user: null,
    metadata: {},
  }
}
