import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startMeshProcess } from '@concord/testing/mesh-process'
import { freePort, spawnNode, untilWritten } from '@concord/testing/node-process'
import type { Ground, RealServers } from './real-servers.ts'

/** A running mesh under measurement. */
export type BenchMesh = {
  name: string
  url: string
  pid: number
  databaseUrl: string
  /** Of the emulated providers; its control routes begin with `/__control`. */
  emulators: string
  /** What it has written so far. */
  stderr(): string
  /** Runs a command of `concord` on the same data. */
  command(...args: string[]): Promise<string>
  close(): Promise<void>
}

type Settings = Record<string, string>
type ServicesOptions = {
  replicas?: Record<string, number>
  reroute?: (settings: Ground['settings']) => Promise<Settings>
}

const limits = {
  SOCKETS_PER_USER: '1000',
  REQUESTS_PER_MINUTE_PER_ADDRESS: '10000000',
  REQUESTS_PER_MINUTE_PER_USER: '10000000',
  REGISTRATIONS_PER_HOUR: '1000000',
}

/** All services in one process, on the embedded database. */
export async function embeddedMesh(settings: Settings = {}): Promise<BenchMesh> {
  const mesh = await startMeshProcess({ ...limits, ...settings })
  const { database_url: databaseUrl } = JSON.parse(readFileSync(path.join(mesh.folder, 'runtime.json'), 'utf8'))
  return { ...mesh, name: 'embedded', databaseUrl }
}

/** All services in one process, on PostgreSQL, Redis and RabbitMQ. */
export async function realMesh(servers: RealServers, settings: Settings = {}): Promise<BenchMesh> {
  const ground = await servers.open()
  const mesh = await startMeshProcess({ ...limits, ...ground.settings, ...settings })
  const close = async (): Promise<void> => {
    await mesh.close()
    await ground.close()
  }
  return { ...mesh, name: 'real servers', databaseUrl: ground.settings.DATABASE_URL, close }
}

/** A mesh whose services can be told apart. */
export type ServicesMesh = BenchMesh & {
  /** Process ids by the name of the service, the emulated models among them. */
  services: ReadonlyMap<string, readonly number[]>
}

/**
 * Every service in a process of its own, on PostgreSQL, Redis and RabbitMQ; `replicas` of some by their names. `reroute` may put
 * something between the services and the servers.
 */
export async function servicesMesh(
  servers: RealServers,
  settings: Settings = {},
  { replicas = {}, reroute = async () => ({}) }: ServicesOptions = {},
): Promise<ServicesMesh> {
  const ground = await servers.open()
  const folder = await mkdtemp(path.join(tmpdir(), 'concord-bench-'))
  const [port, emulatorPort] = await Promise.all([freePort(), freePort()])
  const environment = {
    EMULATOR_PACE: 'instant',
    ...limits,
    ...ground.settings,
    ...(await reroute(ground.settings)),
    ...settings,
    CONCORD_DATA_DIR: folder,
    PORT: String(port),
    EMULATOR_PORT: String(emulatorPort),
  }
  const counts = Object.entries(replicas).map(([name, count]) => `${name}=${count}`)
  const args = ['--conditions=@concord/source', 'scripts/services/main.ts']
  if (counts.length > 0) args.push('--replicas', counts.join(','))
  const child = spawnNode({ args, environment })
  const [, url = ''] = await untilWritten(child, /^Concord is ready at (\S+)$/m, 240_000)
  const services = new Map<string, number[]>()
  for (const [, name = '', pid] of child.stdout().matchAll(/^(\S+): process (\d+), port \d+/gm))
    services.set(name, [...(services.get(name) ?? []), Number(pid)])
  return {
    services,
    name: 'a process each',
    url,
    pid: child.pid,
    stderr: child.stderr,
    databaseUrl: ground.settings.DATABASE_URL,
    emulators: `http://127.0.0.1:${emulatorPort}`,
    async command(...args) {
      const main = ['--conditions=@concord/source', 'packages/mesh/src/main.ts']
      const command = spawnNode({ args: [...main, ...args], environment, channel: false })
      await command.exited
      return command.stdout()
    },
    async close() {
      await child.stop()
      await ground.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
