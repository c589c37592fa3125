import type { FaultWindow, Sample } from './observations.ts'

export type Figures = {
  /** Things done a second, those that failed included. */
  rate: number
  p50Ms: number | undefined
  p99Ms: number | undefined
  /** Queries that came to their end a second, and how long they took from the 202. */
  endsPerS: number
  endP50Ms: number | undefined
  endP99Ms: number | undefined
  errors: number
}

export type FaultFigures = FaultWindow & { before: Figures; during: Figures; after: Figures }

/** Milliseconds before a fault, and after its end, that are compared with it. */
const besideMs = 6_000

/** Load figures before, during and after each fault: of what ended in that time. */
export function figuresOf(window: FaultWindow, samples: readonly Sample[]): FaultFigures {
  const { startedAtMs, healedAtMs } = window
  return {
    ...window,
    before: between(samples, startedAtMs - besideMs, startedAtMs),
    during: between(samples, startedAtMs, healedAtMs),
    after: between(samples, healedAtMs, healedAtMs + besideMs),
  }
}

/** Figures of what ended from one moment up to another, in milliseconds of the run. */
export function between(samples: readonly Sample[], fromMs: number, toMs: number): Figures {
  const seconds = Math.max(0.001, (toMs - Math.max(0, fromMs)) / 1_000)
  const ended = samples.filter(({ startedAtMs, tookMs }) => {
    const at = startedAtMs + tookMs
    return at >= fromMs && at < toMs
  })
  const [ends, calls] = [ended.filter(({ kind }) => kind === 'follow'), ended.filter(({ kind }) => kind !== 'follow')]
  const tookOf = (some: readonly Sample[]) => some.filter(({ ok }) => ok).map(({ tookMs }) => tookMs)
  return {
    rate: ended.length / seconds,
    p50Ms: quantile(tookOf(calls), 0.5),
    p99Ms: quantile(tookOf(calls), 0.99),
    endsPerS: ends.length / seconds,
    endP50Ms: quantile(tookOf(ends), 0.5),
    endP99Ms: quantile(tookOf(ends), 0.99),
    errors: ended.filter(({ ok }) => !ok).length,
  }
}

function quantile(values: readonly number[], q: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))]
}

/** How often each thing went wrong, by what was done and how: `submit 503`. */
export function errorsByKind(samples: readonly Sample[]): Record<string, number> {
  const failed = samples.flatMap(({ kind, fault }) => (fault === undefined ? [] : [`${kind} ${fault}`]))
  const counted = [...Map.groupBy(failed, (name) => name)].map(([name, all]): [string, number] => [name, all.length])
  return Object.fromEntries(counted.toSorted(([, a], [, b]) => b - a))
}
