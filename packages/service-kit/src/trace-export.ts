import { ROOT_CONTEXT, SpanKind as Kind, SpanStatusCode, trace as api } from '@opentelemetry/api'
import type { Context, Span as ApiSpan } from '@opentelemetry/api'
import { parseKeyPairsIntoRecord } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Sampler } from '@opentelemetry/sdk-trace'
import type { Registry } from 'prom-client'
import type { Logger } from './logging.ts'
import { spanDelivery } from './trace-delivery.ts'
import type { TraceSettings } from './trace-settings.ts'
import type { Recorder, Span, SpanKind, Trace } from './trace.ts'
import { version } from './version.ts'

export type TraceExport = { recorder: Recorder; close(): Promise<void> }

type Options = {
  service: string
  endpoint: string
  settings: Pick<TraceSettings, 'OTEL_EXPORTER_OTLP_HEADERS' | 'OTEL_TRACES_SAMPLER' | 'OTEL_TRACES_SAMPLER_ARG'>
  /** Its callers are strangers, whose wish to have a trace sent is not heeded. */
  facesClients: boolean
  metrics: Registry
  logger: Logger
}

/** What is not delivered by then is dropped. */
const closeWithinMs = 2_000
/** Of an attribute, in characters: ours are shorter. */
const longestValue = 256

/** Sends the spans of one service to a collector by OTLP over HTTP. Nothing of it is global, so that services may share a process. */
export function openTraceExport({ service, endpoint, settings, facesClients, metrics, logger }: Options): TraceExport {
  const { OTEL_EXPORTER_OTLP_HEADERS: headers, OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: share } = settings
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    ...(headers === undefined ? {} : { headers: parseKeyPairsIntoRecord(headers) }),
  })
  const delivery = spanDelivery({ exporter, metrics, logger })
  const provider = new TracerProvider({
    resource: resourceOf(service),
    sampler: samplerOf(sampler, share, facesClients),
    spanLimits: { attributeValueLengthLimit: longestValue },
    spanProcessors: [delivery.processor],
  })
  const tracer = provider.getTracer('concord', version)
  const recorder: Recorder = {
    begin(name, { kind, attributes = {}, parent }) {
      const context = contextOf(parent, kind)
      return spanOf(tracer.startSpan(name, { kind: kinds[kind], attributes }, context), recorder)
    },
  }
  return {
    recorder,
    async close() {
      const { promise: late, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, closeWithinMs)
      await Promise.race([provider.shutdown().catch(() => {}), late])
      clearTimeout(timer)
      delivery.giveUp()
    },
  }
}

/** What the environment says of where this runs (`OTEL_RESOURCE_ATTRIBUTES`), under the service's own name. */
function resourceOf(service: string) {
  return defaultResource()
    .merge(detectResources({ detectors: [envDetector, serviceInstanceIdDetector] }))
    .merge(
      resourceFromAttributes({ 'service.name': service, 'service.version': version, 'service.namespace': 'concord' }),
    )
}

const kinds: Record<SpanKind, Kind> = {
  internal: Kind.INTERNAL,
  server: Kind.SERVER,
  client: Kind.CLIENT,
  producer: Kind.PRODUCER,
  consumer: Kind.CONSUMER,
}

function contextOf(parent: Trace | undefined, kind: SpanKind): Context {
  if (!parent) return ROOT_CONTEXT
  const { traceId, spanId, flags } = parent
  const isRemote = kind === 'server' || kind === 'consumer'
  return api.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote })
}

function spanOf(span: ApiSpan, recorder: Recorder): Span {
  const { traceId, spanId, traceFlags } = span.spanContext()
  const chosen = (traceFlags & 1) === 1
  return {
    trace: { traceId, spanId, flags: chosen ? '01' : '00', recorder: chosen ? recorder : undefined },
    set(attributes) {
      span.setAttributes(attributes)
    },
    end(errorType) {
      if (errorType !== undefined) {
        span.setAttribute('error.type', errorType)
        span.setStatus({ code: SpanStatusCode.ERROR })
      }
      span.end()
    },
  }
}

function samplerOf(name: TraceSettings['OTEL_TRACES_SAMPLER'], share: number, facesClients: boolean): Sampler {
  const [, parentBased, rule] = /^(parentbased_)?(.+)$/.exec(name) ?? []
  const root = rootSampler(rule, share)
  if (!parentBased) return root
  return new ParentBasedSampler({
    root,
    ...(facesClients ? { remoteParentSampled: root, remoteParentNotSampled: root } : {}),
  })
}

function rootSampler(rule: string | undefined, share: number): Sampler {
  if (rule === 'always_off') return new AlwaysOffSampler()
  return rule === 'traceidratio' ? new TraceIdRatioBasedSampler(share) : new AlwaysOnSampler()
}
