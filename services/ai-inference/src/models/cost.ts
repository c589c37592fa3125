import type { Usage } from '../ports.ts'

export type Prices = {
  input_usd_per_million_tokens: number
  cached_input_usd_per_million_tokens?: number | undefined
  output_usd_per_million_tokens?: number
}

/** US dollars, to the millionth of a cent, so that sums of it stay readable. */
export function costUsd({ prices }: { prices: Prices }, usage: Usage & { cachedInputTokens?: number }): number {
  const { inputTokens, outputTokens, cachedInputTokens: cached = 0 } = usage
  const input = prices.input_usd_per_million_tokens
  const millionths =
    (inputTokens - cached) * input +
    cached * (prices.cached_input_usd_per_million_tokens ?? input) +
    outputTokens * (prices.output_usd_per_million_tokens ?? 0)
  return Math.round(millionths * 100) / 100_000_000
}
