import type { CatalogueModel } from '../models/catalogue.ts'
import { costUsd } from '../models/cost.ts'
import type { Usage } from '../ports.ts'

/** The form of a structured answer is sent along and read as input, and so is what a provider wraps a conversation in. */
const framingTokens = 800

/**
 * Output tokens that a turn bounded to `maxCostUsd` may still pay for, after what it has spent and the reading of its next prompt. Not above
 * zero where there is nothing left. The prompt is taken for as many tokens as it could be: a third of its ASCII letters, each other one.
 */
export function affordableTokens(
  { prices }: Pick<CatalogueModel, 'prices'>,
  prompt: { system: string; user: string },
  { maxCostUsd, spent }: { maxCostUsd: number; spent: Usage },
): number {
  const inputTokens = mostTokens(prompt.system) + mostTokens(prompt.user) + framingTokens
  const left = maxCostUsd - costUsd({ prices }, spent) - costUsd({ prices }, { inputTokens, outputTokens: 0 })
  const price = prices.output_usd_per_million_tokens
  return price === 0 ? Number.MAX_SAFE_INTEGER : Math.floor((left * 1_000_000) / price)
}

function mostTokens(text: string): number {
  const others = text.match(/[^\0-\x7f]/gu)?.length ?? 0
  return Math.ceil((text.length - others) / 3) + others
}
