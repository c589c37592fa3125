import type { ChatCompletionRequest } from '@concord/contracts/chat-completions'
import type { TokenUsage } from '../usage/usage.ts'
import type { AnswerMeter } from './chat-backend.ts'

/** English has about four characters to a token; other languages less. */
const charactersPerToken = 4
/** About what a picture of a thousand pixels square takes at the providers. */
const tokensPerImage = 1_000
const tokensPerMessage = 4

/** About how many tokens a request holds, for what must be known before or without a provider's count. */
export function estimateInput({ messages, tools }: ChatCompletionRequest): number {
  let characters = tools ? JSON.stringify(tools).length : 0
  let images = 0
  for (const message of messages) {
    const { content } = message
    const parts = typeof content === 'string' ? [{ text: content }] : (content ?? [])
    for (const part of parts) {
      if ('text' in part) characters += String(part.text).length
      else images += 1
    }
    const calls = message.role === 'assistant' ? message.tool_calls : undefined
    for (const call of calls ?? []) characters += call.function.arguments.length
  }
  return Math.ceil(characters / charactersPerToken) + images * tokensPerImage + messages.length * tokensPerMessage
}

/** What an answer took that ended early, or whose provider did not say: at least what it did say. */
export function estimateUsage({ usage, events, characters }: AnswerMeter, inputTokens: number): TokenUsage {
  return {
    inputTokens: usage?.inputTokens ?? inputTokens,
    cachedInputTokens: usage?.cachedInputTokens ?? 0,
    // The first piece of a stream is empty; each further one holds a token at least.
    outputTokens: Math.max(usage?.outputTokens ?? 0, Math.ceil(characters / charactersPerToken), events - 1),
  }
}
