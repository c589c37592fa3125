import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { freePort, spawnNode, untilWritten } from './node-process.ts'
import type { NodeProcess } from './node-process.ts'
import { queryRows } from './query-rows.ts'

export type MeshProcess = Omit<NodeProcess, 'stop'> & {
  /** Without a path, such as `http://localhost:8080`. */
  url: string
  folder: string
  /** Of the emulated providers inside the mesh; their routes begin with `/__control`. */
  emulators: string
  /** Ends it as the start script does. */
  stop(): ReturnType<NodeProcess['stop']>
  /** The same mesh again, on the same folder and ports, after it was killed or stopped. */
  restart(): Promise<MeshProcess>
  /** The mesh's log as text. */
  log(): Promise<string>
  /** Rows of its database, for what the API does not tell. */
  rows(sql: string): Promise<Record<string, unknown>[]>
  /** Runs another command of `concord` beside it and gives what it wrote. */
  command(...args: string[]): Promise<string>
  /** Ends it if it still runs, and removes its folder. */
  close(): Promise<void>
}

const main = ['--conditions=@concord/source', 'packages/mesh/src/main.ts']

/** Settings under which tests do not wait for one another: instant models, and limits that only their own tests reach. */
export const forTests = {
  EMULATOR_PACE: 'instant',
  REQUESTS_PER_MINUTE_PER_ADDRESS: '1000000',
  REQUESTS_PER_MINUTE_PER_USER: '1000000',
  REGISTRATIONS_PER_HOUR: '100000',
}

/** `npm start` without the launcher: the whole mesh in one process, on a data folder and ports of its own. */
export async function startMeshProcess(environment: Readonly<Record<string, string>> = {}): Promise<MeshProcess> {
  const folder = await mkdtemp(path.join(tmpdir(), 'concord-mesh-'))
  const [port, emulatorPort] = await Promise.all([freePort(), freePort()])
  const settings = { ...forTests, PORT: String(port), EMULATOR_PORT: String(emulatorPort), ...environment }
  try {
    return await start({ ...settings, CONCORD_DATA_DIR: folder }, folder)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

async function start(environment: Record<string, string>, folder: string): Promise<MeshProcess> {
  const child = spawnNode({ args: [...main, 'up'], environment })
  const [, url = ''] = await untilWritten(child, /^Concord is ready at (\S+)$/m)
  return {
    ...child,
    url,
    folder,
    emulators: `http://127.0.0.1:${environment['EMULATOR_PORT']}`,
    restart: () => start(environment, folder),
    log: () => readFile(path.join(folder, 'concord.log'), 'utf8'),
    rows: (sql) => readRows(folder, sql),
    command: (...args) => runCommand(args, environment),
    async close() {
      await child.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Runs a command of `concord` to its end and gives what it wrote; rejects on any status but 0. */
export async function runCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const command = spawnNode({ args: [...main, ...args], environment, channel: false })
  const { code } = await command.exited
  if (code !== 0) throw new Error(`concord ${args.join(' ')} ended with ${code}: ${command.stderr()}`)
  return command.stdout()
}

async function readRows(folder: string, sql: string): Promise<Record<string, unknown>[]> {
  const runtime = await readFile(path.join(folder, 'runtime.json'), 'utf8')
  const { database_url: url } = z.object({ database_url: z.string() }).parse(JSON.parse(runtime))
  return queryRows(url, sql)
}
