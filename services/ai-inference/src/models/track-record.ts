/** What the last calls of each model were like, in bounded memory. */
export type TrackRecord = {
  answered(model: string, latencyMs: number): void
  failed(model: string): void
  latency(model: string): { p50: number | null; p95: number | null }
  /** True when at least half of the last ten calls failed. */
  ailing(model: string): boolean
}

export const latenciesKept = 200
const outcomesKept = 10

/** `past` are latencies known from before, so that a restart does not begin with none. */
export function trackRecord(past: ReadonlyMap<string, readonly number[]> = new Map()): TrackRecord {
  const latencies = new Map([...past].map(([model, values]) => [model, values.slice(-latenciesKept)]))
  const outcomes = new Map<string, boolean[]>()
  return {
    answered(model, latencyMs) {
      keep(latencies, model, latencyMs, latenciesKept)
      keep(outcomes, model, true, outcomesKept)
    },
    failed: (model) => keep(outcomes, model, false, outcomesKept),
    latency(model) {
      const sorted = (latencies.get(model) ?? []).toSorted((a, b) => a - b)
      return { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95) }
    },
    ailing(model) {
      const last = outcomes.get(model) ?? []
      return last.length >= 4 && last.filter((fine) => !fine).length * 2 >= last.length
    },
  }
}

function keep<Value>(values: Map<string, Value[]>, name: string, value: Value, limit: number): void {
  const list = values.get(name) ?? []
  list.push(value)
  if (list.length > limit) list.shift()
  values.set(name, list)
}

function percentile(sorted: readonly number[], share: number): number | null {
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
  return value === undefined ? null : Math.round(value)
}
