import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { forTests, runCommand } from '@concord/testing/mesh-process'
import { freePort, spawnNode, untilWritten } from '@concord/testing/node-process'
import { openRealEngines } from './meshes.ts'

export type Fleet = {
  url: string
  emulators: string
  databaseUrl: string
  /** Of the broker, for its management API. */
  virtualHost: string
  /** Process ids of a service's replicas. */
  replicas(service: string): number[]
  /** Of every replica of every service, the emulators apart. */
  addresses(): { service: string; url: string }[]
  /** What was told of processes that ended unasked. */
  ended(): string[]
  command(...args: string[]): Promise<string>
  /** What all its processes have logged so far. */
  log(): Promise<string>
  /** Ends its processes, as a signal does; `close` removes what they leave. */
  stop(): Promise<void>
  close(): Promise<void>
}

/** `npm run start:services`: each service a process of its own, two of consensus-orchestrator and ai-inference. */
export async function startFleet(settings: Readonly<Record<string, string>> = {}): Promise<Fleet> {
  const engines = await openRealEngines()
  const folder = await mkdtemp(path.join(tmpdir(), 'concord-fleet-'))
  const environment = {
    ...forTests,
    ...engines.settings,
    CONCORD_DATA_DIR: folder,
    PORT: String(await freePort()),
    DATABASE_POOL_MAX: '6',
    LOG_LEVEL: 'warn',
    ...settings,
  }
  const cleanUp = async (): Promise<void> => {
    await engines.close()
    await rm(folder, { recursive: true, force: true })
  }
  const child = spawnNode({
    args: [
      '--conditions=@concord/source',
      'scripts/services/main.ts',
      '--replicas',
      'consensus-orchestrator=2,ai-inference=2',
    ],
    environment,
  })
  const close = async (): Promise<void> => {
    await child.stop()
    await cleanUp()
  }
  try {
    const [, url = ''] = await untilWritten(child, /^Concord is ready at (\S+)$/m)
    const started = [...child.stdout().matchAll(/^(\S+): process (\d+), port (\d+)/gm)]
    return {
      url,
      emulators: `http://127.0.0.1:${started.find(([, name]) => name === 'emulators')?.[3]}`,
      databaseUrl: engines.settings.DATABASE_URL,
      virtualHost: new URL(engines.settings.RABBITMQ_URL).pathname.slice(1),
      replicas: (service) => started.filter(([, name]) => name === service).map(([, , pid]) => Number(pid)),
      addresses: () =>
        started
          .filter(([, name]) => name !== 'emulators')
          .map(([, service = '', , port]) => ({ service, url: `http://127.0.0.1:${port}` })),
      ended: () =>
        child
          .stdout()
          .split('\n')
          .filter((line) => line.includes('has ended')),
      command: (...args) => runCommand(args, environment),
      log: () => readLogs(folder),
      async stop() {
        await child.stop()
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function readLogs(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.log'))
  return (await Promise.all(files.map((name) => readFile(path.join(folder, name), 'utf8')))).join('\n')
}
