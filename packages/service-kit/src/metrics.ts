import type { FastifyReply, FastifyRequest } from 'fastify'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** A registry whose every series carries the service's name. */
export function createMetrics(service: string): Registry {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  return registry
}

/** An `onResponse` hook that counts and times every request by method, route pattern (never the raw path) and status. */
export function measureRequests(registry: Registry) {
  const labelNames = ['method', 'route', 'status'] as const
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered.',
    labelNames,
    registers: [registry],
  })
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to the end of its answer.',
    labelNames,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  return async function measureRequest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const labels = {
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: String(reply.statusCode),
    }
    requests.inc(labels)
    duration.observe(labels, reply.elapsedTime / 1_000)
  }
}

/** A gauge of how long the oldest event of an outbox has waited; `lag` gives milliseconds, and a gap where it cannot be told. */
export function measureOutbox(registry: Registry, lag: () => Promise<number>): void {
  const gauge: Gauge = new Gauge({
    name: 'outbox_lag_seconds',
    help: 'Time that the oldest event not yet on the bus has waited.',
    registers: [registry],
    async collect() {
      gauge.set((await lag().catch(() => Number.NaN)) / 1_000)
    },
  })
}
