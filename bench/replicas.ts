import { setTimeout as sleep } from 'node:timers/promises'
import { emulatorControl } from '@concord/testing/emulator-control'
import { makeAskers, questionAt } from './askers.ts'
import type { Asker } from './askers.ts'
import type { Context } from './context.ts'
import { closedLoop } from './load.ts'
import { servicesMesh } from './meshes.ts'
import type { ServicesMesh } from './meshes.ts'
import { cpuMs, machineCpu, processTree } from './process-figures.ts'
import type { Report } from './report.ts'
import type { RealServers } from './real-servers.ts'

const modelMs = 200
const providers = ['OPENAI', 'ANTHROPIC', 'GEMINI', 'XAI']
/** Of each provider at a time: low enough that the models’ time, and not the processor, is what one replica lacks. */
const callsAtOnce = 1
const inFlightPerReplica = 16
const queriesPerReplica = 64

const fleets = [
  { name: '1 replica', inference: 1, orchestrators: 1 },
  { name: '2 replicas', inference: 2, orchestrators: 1 },
  { name: '4 replicas', inference: 4, orchestrators: 1 },
  { name: '4 replicas, 2 orchestrators', inference: 4, orchestrators: 2 },
]
type Fleet = (typeof fleets)[number]
type Measured = { perSecond: number; machine: number; meshCores: number; modelsBusy: number }

/**
 * Whole queries a second by the replicas of ai-inference, where every call takes the same time and each replica makes few at once.
 * Twice the replicas can do twice the queries until the processor is full, which the second row tells.
 */
export async function replicas(context: Context): Promise<Report> {
  const servers = await context.servers()
  const measured: Measured[] = []
  for (const fleet of fleets) {
    context.say(`replicas: ${fleet.name}`)
    measured.push(await measure(servers, fleet))
  }
  const gain = (index: number, before: number): number =>
    (measured[index]?.perSecond ?? 0) / (measured[before]?.perSecond ?? 0)
  return {
    name: 'replicas',
    title: `Whole queries by replicas of ai-inference, models of ${modelMs} ms, ${callsAtOnce} call at a time to each of ${providers.length} providers a replica`,
    columns: fleets.map(({ name }) => name),
    ratio: 'none',
    rows: [
      { what: 'queries', unit: '1/s', values: measured.map(({ perSecond }) => perSecond) },
      {
        what: 'against half as many replicas',
        unit: 'times',
        values: [undefined, gain(1, 0), gain(2, 1), gain(3, 1)],
        note: 'the goal is at least 1.8 as long as the processor is not full',
      },
      {
        what: 'the machine’s processor in use',
        unit: '%',
        values: measured.map(({ machine }) => machine * 100),
        note: 'by all that runs on it: the mesh, its servers, the models, who asks, and whatever else',
      },
      { what: 'of it the mesh’s processes', unit: 'cores', values: measured.map(({ meshCores }) => meshCores) },
      {
        what: 'the models’ places in use',
        unit: '%',
        values: measured.map(({ modelsBusy }) => modelsBusy * 100),
        note: `calls × ${modelMs} ms over the time that all places had; the rest is queries that wait for their slowest model`,
      },
    ],
  }
}

async function measure(servers: RealServers, { inference, orchestrators }: Fleet): Promise<Measured> {
  const settings = Object.fromEntries(providers.map((name) => [`${name}_CONCURRENCY`, String(callsAtOnce)]))
  const counts = { 'ai-inference': inference, 'consensus-orchestrator': orchestrators }
  const mesh = await servicesMesh(servers, settings, { replicas: counts })
  try {
    const models = emulatorControl(mesh.emulators)
    await models.fault({ fault: { kind: 'latency', ms: modelMs } })
    const askers = await makeAskers(mesh, 5)
    const inFlight = inFlightPerReplica * inference
    await closedLoop({ count: inFlight, inFlight }, (index) => deliberate(askers, index))
    const figures = await run(mesh, askers, { inFlight, count: queriesPerReplica * inference })
    await Promise.all(askers.map((asker) => asker.close()))
    return { ...figures, modelsBusy: figures.modelsBusy / (providers.length * callsAtOnce * inference) }
  } finally {
    await mesh.close()
  }
}

/** While the load is full: from a little after its beginning until the last query is asked, so that neither ramp counts. */
async function run(
  mesh: ServicesMesh,
  askers: readonly Asker[],
  load: { inFlight: number; count: number },
): Promise<Measured> {
  let ended = 0
  const pids = processTree(mesh.pid)
  const look = async () => ({
    at: performance.now(),
    ended,
    machine: machineCpu(),
    mesh: cpuMs(pids),
    calls: await callsOf(mesh),
  })
  const work = async (index: number): Promise<void> => {
    await deliberate(askers, load.inFlight + index)
    ended += 1
  }
  const running = closedLoop({ count: load.count + load.inFlight, inFlight: load.inFlight }, work)
  while (ended < load.inFlight / 2) await sleep(20)
  const from = await look()
  while (ended < load.count) await sleep(20)
  const to = await look()
  await running
  const seconds = (to.at - from.at) / 1_000
  return {
    perSecond: (to.ended - from.ended) / seconds,
    machine: (to.machine.busy - from.machine.busy) / (to.machine.all - from.machine.all),
    meshCores: (to.mesh - from.mesh) / 1_000 / seconds,
    modelsBusy: ((to.calls - from.calls) * modelMs) / 1_000 / seconds,
  }
}

/** Answers that took the models’ time; vectors are there at once. */
async function callsOf(mesh: ServicesMesh): Promise<number> {
  const calls = await emulatorControl(mesh.emulators).requests()
  return calls.filter(({ purpose }) => purpose !== 'embedding').length
}

async function deliberate(askers: readonly Asker[], index: number): Promise<void> {
  const asker = askers[index % askers.length]
  const end = await asker?.ended(await asker.submit(questionAt(index)))
  if (end !== 'query_completed') throw new Error(`a query ended as ${end}`)
}
