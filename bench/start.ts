import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort, root, spawnNode, untilWritten } from '@concord/testing/node-process'
import type { Report } from './report.ts'
import { quantile } from './statistics.ts'

const rounds = 4
const readyLine = /Concord is ready at/

/** From the command to the line that says it is ready, on a data folder that is there: `npm start`, and the mesh without it. */
export async function start(): Promise<Report> {
  const folder = await mkdtemp(path.join(tmpdir(), 'concord-bench-'))
  const environment = { CONCORD_DATA_DIR: folder, PORT: String(await freePort()) }
  try {
    const [first] = [await throughNpm(environment)]
    const npm: number[] = []
    const direct: number[] = []
    for (let round = 0; round < rounds; round++) {
      npm.push(await throughNpm(environment))
      direct.push(await directly(environment))
    }
    return {
      name: 'start',
      title: 'A second start, to the ready line',
      columns: ['npm start', 'the mesh alone'],
      rows: [
        {
          what: 'median of the starts',
          unit: 's',
          values: [quantile(npm, 0.5), quantile(direct, 0.5)],
          goal: { atMost: 5 },
          note: `largest ${Math.max(...npm).toFixed(2)} s; the first start, which makes the database, ${first?.toFixed(2)} s`,
        },
      ],
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** In a process group of its own, which gets one SIGINT, as from a terminal. */
async function throughNpm(environment: Record<string, string>): Promise<number> {
  const { PATH = '', HOME = '' } = process.env
  const began = performance.now()
  const child = spawn('npm', ['start'], {
    cwd: root,
    env: { PATH, HOME, ...environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const seconds = await new Promise<number>((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8')
      if (readyLine.test(text)) resolve((performance.now() - began) / 1_000)
    })
    child.once('exit', (code) => reject(new Error(`npm start ended with ${code}:\n${text}`)))
  })
  if (child.pid) process.kill(-child.pid, 'SIGINT')
  await ended
  return seconds
}

async function directly(environment: Record<string, string>): Promise<number> {
  const began = performance.now()
  const child = spawnNode({ args: ['--conditions=@concord/source', 'packages/mesh/src/main.ts', 'up'], environment })
  await untilWritten(child, readyLine)
  const seconds = (performance.now() - began) / 1_000
  await child.stop()
  return seconds
}
