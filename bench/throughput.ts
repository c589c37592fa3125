import { makeAskers, questionAt } from './askers.ts'
import type { Asker } from './askers.ts'
import type { Context } from './context.ts'
import { closedLoop } from './load.ts'
import { embeddedMesh, realMesh, servicesMesh } from './meshes.ts'
import type { BenchMesh } from './meshes.ts'
import { cpuMs, processTree } from './process-figures.ts'
import type { Report } from './report.ts'
import { median } from './statistics.ts'

const rounds = 3
const perRound = 40
const inFlight = 10

/** Whole queries a second with models that take no time: what the mesh itself can do. */
export async function throughput(context: Context): Promise<Report> {
  const servers = await context.servers()
  const meshes = [await embeddedMesh(), await realMesh(servers), await servicesMesh(servers)]
  try {
    const subjects = await Promise.all(meshes.map(prepare))
    for (const { askers } of subjects)
      await closedLoop({ count: 10, inFlight: 5 }, (index) => deliberate(askers, index))
    for (let round = 0; round < rounds; round++) {
      for (const { mesh, askers, perSecond, cpu } of subjects) {
        const pids = processTree(mesh.pid)
        const before = cpuMs(pids)
        const work = (index: number): Promise<void> => deliberate(askers, round * perRound + index)
        const { elapsedMs } = await closedLoop({ count: perRound, inFlight }, work)
        perSecond.push((perRound * 1_000) / elapsedMs)
        cpu.push((cpuMs(pids) - before) / perRound)
      }
    }
    await Promise.all(subjects.flatMap(({ askers }) => askers.map((asker) => asker.close())))
    return {
      name: 'throughput',
      title: `Whole queries with instant models, ${inFlight} at once`,
      columns: subjects.map(({ mesh }) => mesh.name),
      rows: [
        { what: 'queries', unit: '1/s', values: subjects.map(({ perSecond }) => median(perSecond)) },
        {
          what: 'CPU of one query',
          unit: 'ms',
          values: subjects.map(({ cpu }) => median(cpu)),
          note: 'of the mesh’s processes, the emulated models and the embedded database among them, the servers not',
        },
      ],
    }
  } finally {
    await Promise.all(meshes.map((mesh) => mesh.close()))
  }
}

async function prepare(mesh: BenchMesh) {
  const perSecond: number[] = []
  const cpu: number[] = []
  return { mesh, askers: await makeAskers(mesh, 5), perSecond, cpu }
}

async function deliberate(askers: readonly Asker[], index: number): Promise<void> {
  const asker = askers[index % askers.length]
  const end = await asker?.ended(await asker.submit(questionAt(index)))
  if (end !== 'query_completed') throw new Error(`a query ended as ${end}`)
}
