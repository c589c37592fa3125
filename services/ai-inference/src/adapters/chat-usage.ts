import { CompletionUsage } from '@concord/contracts/chat-completions'
import type { TokenUsage } from '../usage/usage.ts'

/** No answer of a model is longer, whatever a provider says. */
const most = 1_000_000_000

/**
 * The tokens that a provider reports. Where it keeps reasoning out of `completion_tokens`, as xAI and Gemini do, the total tells it.
 * Undefined where it does not report them as numbers.
 */
export function usageOf(reported: unknown): TokenUsage | undefined {
  const parsed = CompletionUsage.safeParse(reported)
  if (!parsed.success) return undefined
  const {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: total,
    prompt_tokens_details: details,
  } = parsed.data
  const inputTokens = Math.min(most, input)
  return {
    inputTokens,
    cachedInputTokens: Math.min(inputTokens, details?.cached_tokens ?? 0),
    outputTokens: Math.min(most, Math.max(output, total - input)),
  }
}
