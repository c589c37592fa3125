import { setTimeout as sleep } from 'node:timers/promises'
import { createLogger } from '@concord/service-kit/logging'
import { createMetrics } from '@concord/service-kit/metrics'
import { openRecorder } from '@concord/service-kit/open-recorder'
import { continueTrace, inSpan, parseTraceparent, withTrace } from '@concord/service-kit/trace'
import type { TraceSettings } from '@concord/service-kit/trace-settings'
import { median } from './statistics.ts'

const calls = 2_048
const rounds = 7
/** As many calls as fill one batch: then it is waited until the collector has them, so that none is dropped. */
const atOnce = 128
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

/**
 * Microseconds of this process's CPU for the four spans of a call (two requests, a call between them, a model), made, encoded and sent to a
 * collector in another process, under each of the settings, in turns.
 */
export async function cpuOfSpans(settings: readonly TraceSettings[]): Promise<number[]> {
  const subjects = await Promise.all(settings.map(openSubject))
  for (const subject of subjects) await subject.run()
  const samples = subjects.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, subject] of subjects.entries()) {
      const began = process.cpuUsage()
      await subject.run()
      const { user, system } = process.cpuUsage(began)
      samples[index]?.push((user + system) / calls)
    }
  }
  await Promise.all(subjects.map((subject) => subject.close()))
  return samples.map(median)
}

async function openSubject(settings: TraceSettings) {
  const metrics = createMetrics('bench')
  const logger = createLogger('bench', 'silent')
  const traces = await openRecorder(settings, { service: 'bench', facesClients: true, metrics, logger })
  const sent = async (): Promise<number> =>
    (await metrics.getSingleMetric('trace_spans_sent_total')?.get())?.values[0]?.value ?? 0
  let chosen = 0

  async function call(): Promise<void> {
    if (!traces) return withTrace(continueTrace(traceparent), within)
    const attributes = { 'http.request.method': 'POST', 'http.route': '/v1/chat/completions', 'url.scheme': 'http' }
    // Each call is a trace of its own, so that a share of them can be chosen.
    const span = traces.recorder.begin('POST /v1/chat/completions', { kind: 'server', parent: undefined, attributes })
    if (span.trace.recorder) chosen += 4
    await withTrace(span.trace, within)
    span.set({ 'http.response.status_code': 200 })
    span.end()
  }

  return {
    async run() {
      for (let from = 0; from < calls; from += atOnce) {
        for (let n = 0; n < atOnce; n++) await call()
        // Lets the exporter go to work, and asks too seldom for the asking to count.
        do await sleep(5)
        while (traces && (await sent()) < chosen - 512)
      }
    },
    close: async () => traces?.close(),
  }
}

/** A call on, the request that it is there, and the model. */
async function within(): Promise<void> {
  parseTraceparent(traceparent)
  await inSpan('POST', { kind: 'client', attributes: { 'http.request.method': 'POST', 'server.port': 8080 } }, () =>
    inSpan('POST /v1/chat/completions', { kind: 'server', attributes: { 'http.route': '/v1/chat/completions' } }, () =>
      inSpan(
        'chat gpt5',
        { kind: 'client', attributes: { 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-5.6-terra' } },
        async (span) => span.set({ 'gen_ai.usage.input_tokens': 350, 'gen_ai.usage.output_tokens': 45 }),
      ),
    ),
  )
}
