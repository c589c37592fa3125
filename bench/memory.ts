import { setTimeout as sleep } from 'node:timers/promises'
import { makeAskers, questionAt } from './askers.ts'
import type { Asker } from './askers.ts'
import type { Context } from './context.ts'
import { heapAfterCollection } from './heap.ts'
import { closedLoop } from './load.ts'
import { embeddedMesh } from './meshes.ts'
import { processTree, residentMb } from './process-figures.ts'
import type { Report, Row } from './report.ts'

const thousands = Number(process.env['BENCH_THOUSANDS'] ?? 10)

/** Whether the mesh and its database grow: 10,000 queries with instant models, a look after every thousand. */
export async function memory({ say }: Context): Promise<Report> {
  const mesh = await embeddedMesh({ NODE_OPTIONS: '--inspect=127.0.0.1:0' })
  const rows: Row[] = []
  const look = async (asked: number): Promise<void> => {
    await sleep(5_000)
    const [main = 0, ...others] = processTree(mesh.pid).map((pid) => residentMb([pid]))
    const heap = await heapAfterCollection(mesh.stderr())
    const settled = processTree(mesh.pid).map((pid) => residentMb([pid]))
    rows.push({
      what: `after ${asked.toLocaleString('en')} queries`,
      unit: 'MB',
      values: [
        main + others.reduce((sum, one) => sum + one, 0),
        main,
        others.reduce((sum, one) => sum + one, 0),
        heap,
        settled[0],
      ],
    })
    say(JSON.stringify(rows.at(-1)))
  }
  try {
    const askers = await makeAskers(mesh, 10)
    await look(0)
    for (let thousand = 1; thousand <= thousands; thousand++) {
      for (let part = 0; part < 4; part++) {
        await Promise.all(askers.map((asker) => asker.renew()))
        await closedLoop({ count: 250, inFlight: 10 }, (index) => deliberate(askers, index))
      }
      await look(thousand * 1_000)
    }
    return {
      name: 'memory',
      title: 'Memory over many queries with instant models',
      columns: ['all processes', 'mesh', 'database', 'mesh’s heap after a collection', 'mesh after it'],
      rows,
    }
  } finally {
    await mesh.close()
  }
}

async function deliberate(askers: readonly Asker[], index: number): Promise<void> {
  const asker = askers[index % askers.length]
  const end = await asker?.ended(await asker.submit(questionAt(index)))
  if (end !== 'query_completed') throw new Error(`a query ended as ${end}`)
}
