import type { TokenUsage } from '../usage/usage.ts'

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter'

type CallDelta = {
  index: number
  id?: string
  type?: 'function'
  function: { name?: string; arguments: string }
}

/** The `delta` of a `chat.completion.chunk`. */
export type ChatDelta = { role?: 'assistant'; content?: string; tool_calls?: CallDelta[] }

type Head = { id: string; model: string }
type End = Head & { finish: FinishReason }

/** Writes an answer as the events of OpenAI's stream, all but `[DONE]`. */
export function chatChunks() {
  const created = nowS()
  const event = ({ id, model }: Head, fields: object) =>
    `data: ${JSON.stringify({ id: chatId(id), object: 'chat.completion.chunk', created, model, ...fields })}\n\n`
  const choice = (delta: ChatDelta, finish: FinishReason | null) => ({
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  })
  return {
    delta: (head: Head, delta: ChatDelta) => event(head, choice(delta, null)),
    /** The last chunk, and behind it the usage where that was asked for. */
    finish: (end: End, usage: TokenUsage | undefined) =>
      event(end, choice({}, end.finish)) + (usage ? event(end, { choices: [], usage: toWire(usage) }) : ''),
  }
}

/** Joins the deltas of an answer to the body of a whole one. */
export function collectedCompletion() {
  const created = nowS()
  const calls: { id: string; type: 'function'; function: { name: string; arguments: string } }[] = []
  let content = ''
  return {
    add(delta: ChatDelta): void {
      content += delta.content ?? ''
      for (const { index, id, function: piece } of delta.tool_calls ?? []) {
        const call = (calls[index] ??= { id: id ?? '', type: 'function', function: { name: '', arguments: '' } })
        call.function.name += piece.name ?? ''
        call.function.arguments += piece.arguments
      }
    },
    body({ id, model, finish }: End, usage: TokenUsage | undefined): string {
      const message = {
        role: 'assistant',
        content: content === '' && calls.length > 0 ? null : content,
        refusal: null,
        ...(calls.length > 0 ? { tool_calls: calls } : {}),
      }
      return JSON.stringify({
        id: chatId(id),
        object: 'chat.completion',
        created,
        model,
        choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
        usage: usage ? toWire(usage) : null,
      })
    },
  }
}

function toWire({ inputTokens, cachedInputTokens, outputTokens }: TokenUsage): object {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cachedInputTokens },
  }
}

function chatId(id: string): string {
  return `chatcmpl-${id}`
}

function nowS(): number {
  return Math.floor(Date.now() / 1_000)
}
