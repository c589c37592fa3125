import path from 'node:path'
import { choosePort, publicUrl } from '../../packages/mesh/src/choose-port.ts'
import { openDataFolder } from '../../packages/mesh/src/data-folder.ts'
import { startBalancer } from './balancer.ts'
import { serviceNames, type Options } from './options.ts'
import { migrateService, startProcess, untilReady } from './process.ts'

export type Fleet = { url: string; stop(): Promise<void> }

type Environment = Record<string, string>
type Place = { host: string; port: number }
type Say = (line: string) => void
type Ground = {
  folder: string
  environment: Environment
  secretOf(service: string): Environment
  say: Say
  /** Run by `stop`, all at once. */
  closers: (() => Promise<void>)[]
}

/** Migrates, then starts the services in the order in which they need one another. Stops what runs when one fails. */
export async function startFleet(options: Options, say: Say): Promise<Fleet> {
  const door = { host: options.host, port: await choosePort(options.host, options.port) }
  const ground = await prepare(options, publicUrl(door.host, door.port), say)
  const stop = async (): Promise<void> => {
    await Promise.all(ground.closers.map((close) => close()))
  }
  const count = (service: string): number => options.replicas.get(service) ?? 1
  try {
    for (const name of serviceNames) await migrateService(name, { ...ground.environment, ...ground.secretOf(name) })
    const emulators = await startEmulators(ground)
    const AUTH_URL = await startReplicas(ground, 'auth', count('auth'), {})
    const INFERENCE_URL = await startReplicas(ground, 'ai-inference', count('ai-inference'), { AUTH_URL, ...emulators })
    const behind = { AUTH_URL, INFERENCE_URL }
    const ORCHESTRATOR_URL = await startReplicas(
      ground,
      'consensus-orchestrator',
      count('consensus-orchestrator'),
      behind,
    )
    await startService(ground, 'gateway', { ...behind, ORCHESTRATOR_URL }, door)
    return { url: publicUrl(door.host, door.port), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Secrets and keys are those of the data folder, so that a later start reads what this one wrote. */
async function prepare({ dataFolder, environment }: Options, url: string, say: Say): Promise<Ground> {
  const { secrets, path: folder } = await openDataFolder(dataFolder, serviceNames)
  const clients = Object.entries(secrets.service_secrets).map(([name, secret]) => `${name}=${secret}`)
  return {
    folder,
    environment: {
      PUBLIC_URL: url,
      VAULT_KEYS: secrets.vault_keys,
      SERVICE_CLIENTS: clients.join(','),
      ...environment,
    },
    secretOf: (service) => ({ SERVICE_CLIENT_SECRET: secrets.service_secrets[service] ?? '' }),
    say,
    closers: [],
  }
}

async function startService(ground: Ground, name: string, addresses: Environment, place: Place): Promise<void> {
  const environment = {
    ...ground.environment,
    ...addresses,
    ...ground.secretOf(name),
    HOST: place.host,
    PORT: String(place.port),
  }
  const file = `services/${name}/src/main.ts`
  const log = path.join(ground.folder, `${name}-${place.port}.log`)
  const started = startProcess({ name, file, environment, log, say: ground.say })
  ground.closers.push(() => started.stop())
  ground.say(`${name}: process ${started.pid}, port ${place.port}, log ${log}`)
  await untilReady(started, place)
}

/** Returns one address for all replicas of a service. */
async function startReplicas(ground: Ground, name: string, count: number, addresses: Environment): Promise<string> {
  const host = '127.0.0.1'
  const ports = await Promise.all(Array.from({ length: count }, () => choosePort(host, 0)))
  await Promise.all(ports.map((port) => startService(ground, name, addresses, { host, port })))
  if (ports.length === 1) return `http://${host}:${ports[0]}`
  const balancer = await startBalancer(ports)
  ground.closers.push(() => balancer.close())
  return balancer.url
}

/** The providers' addresses for whoever has no keys. In production nothing is emulated. */
async function startEmulators({ environment, folder, say, closers }: Ground): Promise<Environment> {
  if (environment['NODE_ENV'] === 'production' || environment['EMULATORS'] === 'false') return {}
  const port = await choosePort('127.0.0.1', Number(environment['EMULATOR_PORT'] ?? 0))
  const log = path.join(folder, 'emulators.log')
  const own = { ...environment, HOST: '127.0.0.1', PORT: String(port) }
  const started = startProcess({
    name: 'emulators',
    file: 'packages/emulators/src/main.ts',
    environment: own,
    log,
    say,
  })
  closers.push(() => started.stop())
  say(`emulators: process ${started.pid}, port ${port}, log ${log}`)
  const names = ['openai', 'anthropic', 'gemini', 'xai']
  return Object.fromEntries(
    names.map((name) => [`EMULATOR_URL_${name.toUpperCase()}`, `http://127.0.0.1:${port}/${name}`]),
  )
}
