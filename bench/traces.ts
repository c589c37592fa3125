import { createServer } from 'node:http'
import type { Context } from './context.ts'
import { concord, inTurns, shapes, startProvider } from './door.ts'
import type { Contestant, Sample } from './door.ts'
import { closedLoop } from './load.ts'
import type { Report, Row } from './report.ts'
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
  const contestants: Contestant[] = []
  try {
    contestants.push(
      await concord(provider.url, { name: 'every trace', settings: exported }),
      await concord(provider.url, { name: 'no traces' }),
      await concord(provider.url, { name: 'a tenth', settings: tenth }),
    )
    for (const contestant of contestants)
      await closedLoop({ count: plain.warmUps, inFlight: plain.inFlight }, () => contestant.ask(plain))
    const samples = await inTurns(contestants, plain, { count: plain.together, inFlight: plain.inFlight })
    say(`the collector has ${Math.round(collector.bytes() / 1_024)} KB`)
    return {
      name: 'traces',
      title: 'What traces cost a chat completion',
      columns: contestants.map(({ name }) => name),
      rows: rowsOf(samples),
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
  let bytes = 0
  const server = createServer((request, response) => {
    request.on('data', (piece: Buffer) => (bytes += piece.length))
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the collector has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    bytes: () => bytes,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
