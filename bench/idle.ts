import { setTimeout as sleep } from 'node:timers/promises'
import { spawnNode } from '@concord/testing/node-process'
import { embeddedMesh } from './meshes.ts'
import { cpuMs, processTree, residentMb } from './process-figures.ts'
import type { Report } from './report.ts'

const settleMs = 10_000

/** What the mesh holds and burns while nobody asks, its embedded database included, beside a Node process that does nothing. */
export async function idle(): Promise<Report> {
  const bare = spawnNode({ args: ['-e', 'setInterval(() => {}, 1000)'], environment: {} })
  const mesh = await embeddedMesh()
  try {
    await sleep(settleMs)
    const pids = processTree(mesh.pid)
    const before = cpuMs(pids)
    await sleep(settleMs)
    const cpuShare = (cpuMs(pids) - before) / settleMs
    return {
      name: 'idle',
      title: 'The idle mesh with its embedded database',
      columns: ['Concord', 'an empty Node process'],
      rows: [
        {
          what: 'resident memory',
          unit: 'MB',
          values: [residentMb(pids), residentMb([bare.pid])],
          goal: { atMost: 600 },
          note: pids.map((pid) => residentMb([pid]).toFixed(0)).join(' + '),
        },
        { what: 'CPU of one core', unit: '%', values: [cpuShare * 100] },
      ],
    }
  } finally {
    await mesh.close()
    await bare.kill()
  }
}
