export type Posterior = {
  /** In the order of the scores. */
  seen: readonly number[]
  /** Of all options that nobody named, together. */
  unseen: number
}

/** softmax(score / T) over the options named and `options − scores.length` others with nothing behind them. */
export function posterior(scores: readonly number[], options: number, temperature = 1): Posterior {
  const others = Math.max(0, options - scores.length)
  let highest = others > 0 ? 0 : Number.NEGATIVE_INFINITY
  for (const score of scores) highest = Math.max(highest, score / temperature)
  const rest = others === 0 ? 0 : others * Math.exp(-highest)
  const shares = scores.map((score) => Math.exp(score / temperature - highest))
  let sum = rest
  for (const share of shares) sum += share
  return { seen: shares.map((share) => share / sum), unseen: sum === 0 ? 1 : rest / sum }
}
