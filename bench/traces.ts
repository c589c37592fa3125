import { traceSettings } from '@concord/service-kit/trace-settings'
import { freePort, spawnNode, untilWritten } from '@concord/testing/node-process'
import { z } from 'zod'
import type { Context } from './context.ts'
import { concord, inTurns, shapes, startProvider } from './door.ts'
import type { Contestant, Sample } from './door.ts'
import { closedLoop } from './load.ts'
import type { Report, Row } from './report.ts'
import { cpuOfSpans } from './spans.ts'
import { median, quantile } from './statistics.ts'

const [plain] = shapes

/**
 * A chat completion through meshes that send every trace, a tenth of them, or none, in turns. The cheapest thing that the mesh does, with
 * a span at the gateway, at ai-inference and around the model: what traces cost at the most. The collector takes what comes.
 */
export async function traces({ say }: Context): Promise<Report> {
  const provider = await startProvider()
  const collector = await startCollector()
  const exported = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
  const tenth = { ...exported, OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' }
  const settings = z.object(traceSettings)
  const contestants: Contestant[] = []
  try {
    const alone = await cpuOfSpans([exported, {}, tenth].map((given) => settings.parse(given)))
    say(JSON.stringify(alone))
    contestants.push(
      await concord(provider.url, { name: 'every trace', settings: exported }),
      await concord(provider.url, { name: 'no traces' }),
      await concord(provider.url, { name: 'a tenth', settings: tenth }),
    )
    for (const contestant of contestants)
      await closedLoop({ count: plain.warmUps, inFlight: plain.inFlight }, () => contestant.ask(plain))
    const samples = await inTurns(contestants, plain, { count: plain.together, inFlight: plain.inFlight })
    return {
      name: 'traces',
      title: 'What traces cost a chat completion',
      columns: contestants.map(({ name }) => name),
      rows: [{ what: 'the four spans of a call by themselves, CPU', unit: 'µs', values: alone }, ...rowsOf(samples)],
    }
  } finally {
    for (const contestant of contestants) await contestant.close()
    await collector.close()
    await provider.close()
  }
}

function rowsOf(samples: readonly Sample[]): Row[] {
  const what = `${plain.name}, ${plain.inFlight} at once`
  return [
    { what: `${what}, CPU`, unit: 'ms a request', values: samples.map(({ cpu }) => median(cpu)) },
    { what: `${what}, p50`, unit: 'ms', values: samples.map(({ durations }) => quantile(durations, 0.5)) },
  ]
}

async function startCollector() {
  const port = await freePort()
  const child = spawnNode({ args: ['bench/span-collector.ts'], environment: { PORT: String(port) } })
  await untilWritten(child, /ready/)
  return { url: `http://127.0.0.1:${port}`, close: async () => void (await child.stop()) }
}
