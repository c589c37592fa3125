import type { Usage } from '../ports.ts'
import type { CatalogueModel } from './catalogue.ts'

/** US dollars, to the millionth of a cent, so that sums of it stay readable. */
export function costUsd({ prices }: Pick<CatalogueModel, 'prices'>, { inputTokens, outputTokens }: Usage): number {
  const millionths =
    inputTokens * prices.input_usd_per_million_tokens + outputTokens * prices.output_usd_per_million_tokens
  return Math.round(millionths * 100) / 100_000_000
}
