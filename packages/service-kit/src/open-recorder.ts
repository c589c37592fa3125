import type { Registry } from 'prom-client'
import type { Logger } from './logging.ts'
import type { TraceExport } from './trace-export.ts'
import type { TraceSettings } from './trace-settings.ts'

type Options = { service: string; facesClients: boolean; metrics: Registry; logger: Logger }

/** The way out for a service's traces, where `OTEL_EXPORTER_OTLP_ENDPOINT` is set; else nothing is even loaded. */
export async function openRecorder(settings: TraceSettings, options: Options): Promise<TraceExport | undefined> {
  const endpoint = settings.OTEL_EXPORTER_OTLP_ENDPOINT
  if (endpoint === undefined) return undefined
  const { openTraceExport } = await import('./trace-export.ts')
  return openTraceExport({ ...options, endpoint, settings })
}
