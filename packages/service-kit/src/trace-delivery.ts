import type { ExportResult } from '@opentelemetry/core'
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace'
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace'
import { Counter } from 'prom-client'
import type { Registry } from 'prom-client'
import type { Logger } from './logging.ts'

/** Spans that wait or are on their way, of one service in one process: a few megabytes. */
const mostWaiting = 2_048
const batch = { maxExportBatchSize: 512, scheduledDelayMillis: 1_000, exportTimeoutMillis: 30_000 }
const sampled = 1

type Options = { exporter: SpanExporter; metrics: Registry; logger: Logger; queueMax?: number }

/**
 * Hands ended spans to the exporter in batches and never holds anybody up: what does not fit the queue, or cannot be delivered, is
 * dropped and counted. One line in the log tells that it began, one that it is over.
 */
export function spanDelivery({ exporter, metrics, logger, queueMax = mostWaiting }: Options) {
  const counts = countersOn(metrics)
  let waiting = 0
  let failing = false

  function settle(spans: number, { code, error }: ExportResult): void {
    waiting -= spans
    if (code === 0) {
      counts.sent.inc(spans)
      if (failing) logger.info('traces are delivered again')
      failing = false
      return
    }
    counts.dropped.inc({ reason: 'undelivered' }, spans)
    if (!failing) logger.warn({ reason: reasonOf(error) }, 'traces cannot be delivered and are dropped until they can')
    failing = true
  }

  const counted: SpanExporter = {
    export(spans, done) {
      exporter.export(spans, (result) => {
        settle(spans.length, result)
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
  }
  const batches = new BatchSpanProcessor({ exporter: counted, ...batch, maxQueueSize: queueMax })

  return {
    processor: {
      onStart() {},
      onEnd(span: ReadableSpan) {
        if ((span.spanContext().traceFlags & sampled) === 0) return
        if (waiting >= queueMax) return counts.dropped.inc({ reason: 'queue_full' })
        waiting += 1
        batches.onEnd(span)
      },
      forceFlush: () => batches.forceFlush(),
      shutdown: () => batches.shutdown(),
    } satisfies SpanProcessor,
    /** Counts as dropped what never left. */
    giveUp(): void {
      counts.dropped.inc({ reason: 'shutdown' }, waiting)
    },
  }
}

function countersOn(registry: Registry) {
  const registers = [registry]
  const sent = new Counter({ name: 'trace_spans_sent_total', help: 'Spans that the collector has taken.', registers })
  const dropped = new Counter({
    name: 'trace_spans_dropped_total',
    help: 'Spans that were not delivered, by reason.',
    labelNames: ['reason'] as const,
    registers,
  })
  for (const reason of ['queue_full', 'undelivered', 'shutdown']) dropped.inc({ reason }, 0)
  return { sent, dropped }
}

/** A status or a code; messages may hold what a stranger answered. */
function reasonOf(error: Error | undefined): string | number {
  const code: unknown = error && 'code' in error ? error.code : undefined
  return typeof code === 'number' || typeof code === 'string' ? code : (error?.name ?? 'unknown')
}
