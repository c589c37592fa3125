import { Counter, Gauge, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'
import type { LearnedReliability } from '../learning/ports.ts'
import type { Measures } from '../ports.ts'

/** Asked at every scrape, so that the figures are the database's and not one process's. */
type Stored = { running: () => Promise<number>; compared: () => Promise<readonly LearnedReliability[]> }

export function prometheusMeasures(registry: Registry, { running, compared }: Stored): Measures {
  const registers = [registry]
  const processed = new Counter({
    name: 'queries_processed_total',
    help: 'Queries that have ended.',
    labelNames: ['status', 'outcome'],
    registers,
  })
  const confidence = new Gauge({
    name: 'consensus_confidence_average',
    help: 'Mean confidence of the queries that this process completed.',
    registers,
  })
  const confidences = new Histogram({
    name: 'consensus_confidence',
    help: 'Confidence of completed queries.',
    buckets: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1],
    registers,
  })
  const stages = new Histogram({
    name: 'consensus_stage_duration_seconds',
    help: 'Time that queries spent in a stage.',
    labelNames: ['stage'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80],
    registers,
  })
  const refused = new Counter({
    name: 'queries_daily_limit_refused_total',
    help: 'Queries refused because the plan’s day was used up.',
    labelNames: ['plan'],
    registers,
  })
  registerRunning(registry, running)
  registerDisagreement(registry, compared)
  const { grades, anchors, anchorsUsd } = learningCounters(registry)
  const sum = { of: 0, count: 0 }

  return {
    ended({ status, outcome, confidence: stated }) {
      processed.inc({ status, outcome })
      if (stated === null) return
      confidences.observe(stated)
      sum.of += stated
      sum.count += 1
      confidence.set(sum.of / sum.count)
    },
    stage: (stage, seconds) => stages.observe({ stage }, seconds),
    dailyLimitRefused: (plan) => refused.inc({ plan }),
    graded: (source, answers) => grades.inc({ source }, answers),
    anchorEnded({ status, costUsd }) {
      anchors.inc({ status })
      anchorsUsd.inc(costUsd)
    },
  }
}

function registerRunning(registry: Registry, running: () => Promise<number>): void {
  const gauge: Gauge = new Gauge({
    name: 'queries_running',
    help: 'Queries that have not ended.',
    registers: [registry],
    async collect() {
      gauge.set(await running().catch(() => Number.NaN))
    },
  })
}

function learningCounters(registry: Registry) {
  const registers = [registry]
  const grades = new Counter({
    name: 'consensus_grades_total',
    help: 'Answers of models that were graded, by where the grade came from.',
    labelNames: ['source'],
    registers,
  })
  const anchors = new Counter({
    name: 'consensus_anchor_turns_total',
    help: 'Questions with known answers that were asked of models, by what became of them.',
    labelNames: ['status'],
    registers,
  })
  const anchorsUsd = new Counter({
    name: 'consensus_anchor_cost_usd_total',
    help: 'What these questions cost, in US dollars.',
    registers,
  })
  return { grades, anchors, anchorsUsd }
}

function registerDisagreement(registry: Registry, compared: () => Promise<readonly LearnedReliability[]>): void {
  const gauge: Gauge = new Gauge({
    name: 'consensus_reliability_disagreement',
    help: 'Share right by agreement with others less share right on questions with known answers, where there are enough of both.',
    labelNames: ['model', 'domain', 'sandbox'],
    registers: [registry],
    async collect() {
      gauge.reset()
      for (const { model, scope, sandbox, disagreement } of await compared().catch(() => []))
        gauge.set({ model, domain: scope, sandbox: String(sandbox) }, disagreement ?? 0)
    },
  })
}
