import { freePort, spawnNode, untilWritten } from '@concord/testing/node-process'
import { emulatorControl } from '@concord/testing/emulator-control'
import { Pool } from 'undici'
import { makeAskers, questionAt } from './askers.ts'
import { closedLoop } from './load.ts'
import { embeddedMesh, realMesh } from './meshes.ts'
import type { BenchMesh } from './meshes.ts'
import type { Context } from './context.ts'
import { cpuMs } from './process-figures.ts'
import type { Report, Row } from './report.ts'
import { median, quantile } from './statistics.ts'

const rounds = 4
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Submitting through the gateway against a bare server on the same database, in turns. The models are held, so that what is
 * timed is the submission with the opening turns that it sets going, and not the deliberations of those before it.
 */
export async function submit(context: Context): Promise<Report> {
  const rows = await measure(() => embeddedMesh())
  const servers = await context.servers()
  rows.push(...(await measure(() => realMesh(servers))))
  return {
    name: 'submit',
    title: 'Submitting a query, through the gateway, against a bare Fastify + `insert` on the same database',
    columns: ['Concord', 'bare'],
    rows,
  }
}

async function measure(start: () => Promise<BenchMesh>): Promise<Row[]> {
  const mesh = await start()
  const bare = await startBare(mesh.databaseUrl)
  try {
    await emulatorControl(mesh.emulators).fault({ fault: { kind: 'hang' } })
    const askers = await makeAskers(mesh, 8)
    const ask = async (index: number): Promise<void> =>
      void (await askers[index % askers.length]?.submit(questionAt(index)))
    await closedLoop({ count: 20, inFlight: 2 }, ask)
    await closedLoop({ count: 20, inFlight: 2 }, bare.submit)
    const contestants = [
      { work: ask, pid: mesh.pid },
      { work: bare.submit, pid: bare.pid },
    ]
    const alone = await inTurns({ count: 40, inFlight: 1 }, contestants)
    const together = await inTurns({ count: 100, inFlight: 10 }, contestants)
    await Promise.all(askers.map((asker) => asker.close()))
    return [
      ...latencies(mesh.name, alone, 'one at a time', 100),
      ...latencies(mesh.name, together, '10 at once'),
      {
        what: `${mesh.name}, 10 at once, throughput`,
        unit: '1/s',
        values: together.map(({ perSecond }) => median(perSecond)),
      },
      {
        what: `${mesh.name}, CPU of the server’s process`,
        unit: 'ms a request',
        values: together.map(({ cpu }) => median(cpu)),
        note: 'Concord’s includes taking up the query and handing its opening turns to the emulated models, in the same process',
      },
    ]
  } finally {
    await bare.close()
    await mesh.close()
  }
}

type Contestant = { work: (index: number) => Promise<void>; pid: number }
type Sample = { durations: number[]; perSecond: number[]; cpu: number[] }

async function inTurns(
  load: { count: number; inFlight: number },
  contestants: readonly Contestant[],
): Promise<Sample[]> {
  const samples = contestants.map((): Sample => ({ durations: [], perSecond: [], cpu: [] }))
  for (let round = 0; round < rounds; round++) {
    for (const [index, { work, pid }] of contestants.entries()) {
      const before = cpuMs([pid])
      const { durations, elapsedMs } = await closedLoop(load, work)
      await pause(500)
      samples[index]?.durations.push(...durations)
      samples[index]?.perSecond.push((load.count * 1_000) / elapsedMs)
      samples[index]?.cpu.push((cpuMs([pid]) - before) / load.count)
    }
  }
  return samples
}

function latencies(name: string, samples: readonly Sample[], how: string, medianGoalMs?: number): Row[] {
  return [0.5, 0.99].map((q) => ({
    what: `${name}, ${how}, p${q * 100}`,
    unit: 'ms',
    values: samples.map(({ durations }) => quantile(durations, q)),
    ...(medianGoalMs !== undefined && q === 0.5 ? { goal: { atMost: medianGoalMs } } : {}),
  }))
}

async function startBare(databaseUrl: string) {
  const port = await freePort()
  const child = spawnNode({
    args: ['bench/bare-server.ts'],
    environment: { DATABASE_URL: databaseUrl, PORT: String(port) },
  })
  await untilWritten(child, /ready/)
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 64 })
  return {
    pid: child.pid,
    async submit(index: number): Promise<void> {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/submit',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: questionAt(index) }),
      })
      await body.dump()
      if (statusCode !== 202) throw new Error(`the bare server answered ${statusCode}`)
    },
    async close() {
      await pool.close()
      await child.stop()
    },
  }
}
