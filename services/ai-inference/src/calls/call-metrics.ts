import type { Logger } from '@concord/service-kit/logging'
import { Counter, Gauge, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'
import type { Provider } from '../models/catalogue.ts'
import { costUsd } from '../models/cost.ts'
import type { Prices } from '../models/cost.ts'
import type { Usage } from '../ports.ts'
import type { BreakerState, Lane } from './lane.ts'
import type { ModelError } from './model-error.ts'
import { providerFacts } from './provider-facts.ts'

/** A model of the panel or one for embeddings. */
export type PricedModel = { name: string; provider: Provider; prices: Prices }
/** `cachedInputTokens` are among the `inputTokens`. */
export type BilledUsage = Usage & { cachedInputTokens?: number }

export type CallMetrics = {
  answered(model: PricedModel, usage: BilledUsage, latencyMs: number): void
  failed(model: PricedModel, error: ModelError): void
  /** The caller went away; the model had done so much. */
  abandoned(model: PricedModel, usage: BilledUsage): void
}

const breakerValues: Record<BreakerState, number> = { closed: 0, 'half-open': 1, open: 2 }

/** Counts calls, and logs the failed ones. */
export function callMetrics(
  { metrics: registry, logger }: { metrics: Registry; logger: Logger },
  lanes: ReadonlyMap<Provider, Lane>,
): CallMetrics {
  const labelNames = ['provider', 'model'] as const
  const registers = [registry]
  const requests = new Counter({ name: 'ai_api_requests_total', help: 'Calls to models.', labelNames, registers })
  const errors = new Counter({
    name: 'ai_api_errors_total',
    help: 'Calls to models that brought no answer, by reason.',
    labelNames: [...labelNames, 'reason'] as const,
    registers,
  })
  const tokens = new Counter({
    name: 'ai_tokens_total',
    help: 'Tokens sent to models (input) and written by them (output).',
    labelNames: [...labelNames, 'direction'] as const,
    registers,
  })
  const cost = new Counter({
    name: 'ai_cost_usd_total',
    help: 'Cost of calls in US dollars, by the catalogue’s prices.',
    labelNames,
    registers,
  })
  const latency = new Histogram({
    name: 'ai_api_latency_seconds',
    help: 'Time from a call to the end of its answer.',
    labelNames,
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160],
    registers,
  })
  laneGauges(registry, lanes)

  function spend(model: PricedModel, usage: BilledUsage): void {
    const labels = { provider: model.provider, model: model.name }
    tokens.inc({ ...labels, direction: 'input' }, usage.inputTokens)
    tokens.inc({ ...labels, direction: 'output' }, usage.outputTokens)
    cost.inc(labels, costUsd(model, usage))
  }

  return {
    answered(model, usage, latencyMs) {
      const labels = { provider: model.provider, model: model.name }
      requests.inc(labels)
      latency.observe(labels, latencyMs / 1_000)
      spend(model, usage)
    },
    abandoned(model, usage) {
      requests.inc({ provider: model.provider, model: model.name })
      spend(model, usage)
    },
    failed(model, error) {
      const labels = { provider: model.provider, model: model.name }
      requests.inc(labels)
      errors.inc({ ...labels, reason: error.reason })
      if (error.usage) spend(model, error.usage)
      logger.warn({ ...labels, reason: error.reason, ...providerFacts(error.cause) }, 'a call to a model failed')
    },
  }
}

function laneGauges(registry: Registry, lanes: ReadonlyMap<Provider, Lane>): void {
  const gauge = (name: string, help: string, valueOf: (lane: Lane) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['provider'] as const,
      registers: [registry],
      collect() {
        for (const [provider, lane] of lanes) this.set({ provider }, valueOf(lane))
      },
    })
  gauge(
    'ai_breaker_state',
    'Breaker by provider: 0 closed, 1 half-open, 2 open.',
    (lane) => breakerValues[lane.breaker()],
  )
  gauge('ai_calls_running', 'Calls under way, by provider.', (lane) => lane.running())
  gauge('ai_calls_waiting', 'Calls waiting for a free place, by provider.', (lane) => lane.waiting())
}
