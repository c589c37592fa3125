import { randomFrom } from './random.ts'

export type Interval = { low: number; high: number }

const replicates = 2_000
const tail = 0.025
/** From here on the number of successes is drawn from its normal limit. */
const manySuccesses = 400

/**
 * The percentile bootstrap's 95 % interval for the mean of outcomes that take few values. Only how often each value came counts, so a
 * replicate is drawn as counts, value by value, and not question by question. `counts` are pairs of a value and how often it came.
 */
export function bootstrapInterval(counts: readonly (readonly [number, number])[], seed = 1): Interval {
  const values = counts.filter(([, count]) => count > 0).toSorted((a, b) => a[1] - b[1] || a[0] - b[0])
  const size = values.reduce((sum, [, count]) => sum + count, 0)
  if (size === 0) return { low: 0, high: 0 }
  const random = randomFrom(seed)
  const means = new Float64Array(replicates)
  for (let replicate = 0; replicate < replicates; replicate++) {
    let [drawn, left, sum] = [0, size, 0]
    for (const [value, count] of values) {
      const hits = successes(size - drawn, count / left, random)
      drawn += hits
      left -= count
      sum += value * hits
    }
    means[replicate] = sum / size
  }
  means.sort()
  return { low: means[Math.floor(replicates * tail)] ?? 0, high: means[Math.ceil(replicates * (1 - tail)) - 1] ?? 0 }
}

/** A binomial number: by the gaps between successes, or where there are many from the normal limit. */
function successes(trials: number, probability: number, random: () => number): number {
  if (trials <= 0 || probability <= 0) return 0
  if (probability >= 1) return trials
  if (probability > 0.5) return trials - successes(trials, 1 - probability, random)
  const expected = trials * probability
  if (expected > manySuccesses) {
    const spread = Math.sqrt(expected * (1 - probability))
    return Math.min(trials, Math.max(0, Math.round(expected + spread * normal(random))))
  }
  const scale = Math.log1p(-probability)
  let hits = -1
  for (let at = 0; at <= trials; hits++) at += Math.floor(Math.log(1 - random()) / scale) + 1
  return hits
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
