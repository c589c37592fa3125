import { choosePort, publicUrl } from '../../packages/mesh/src/choose-port.ts'
import { openDataFolder } from '../../packages/mesh/src/data-folder.ts'
import { startBalancer } from './balancer.ts'
import { serviceNames, type Options } from './options.ts'
import { migrateService } from './process.ts'
import { startReplica, type Place, type Replica } from './replica.ts'

export type Fleet = {
  url: string
  /** Of every service; the emulators apart. */
  replicas: readonly Replica[]
  /** Absent where none are started. */
  emulators: string | undefined
  stop(): Promise<void>
}

type Environment = Record<string, string>
type Say = (line: string) => void

/** Where a replica reaches what it depends on, instead of there: a place to put faults. */
export type Link = (from: { service: string; index: number }, setting: string, address: string) => Promise<string>

export type FleetChoices = Options & {
  keepAlive?: boolean
  preload?: readonly string[]
  link?: Link
}

type Ground = {
  folder: string
  environment: Environment
  secretOf(service: string): Environment
  choices: FleetChoices
  say: Say
  replicas: Replica[]
  /** Run by `stop`, all at once. */
  closers: (() => Promise<void>)[]
}

const linked = /^(DATABASE|REDIS|RABBITMQ|AUTH|INFERENCE|ORCHESTRATOR)_URL$|^EMULATOR_URL_/

/** Migrates, then starts the services in the order in which they need one another. Stops what runs when one fails. */
export async function startFleet(choices: FleetChoices, say: Say): Promise<Fleet> {
  const door = { host: choices.host, port: await choosePort(choices.host, choices.port) }
  const ground = await prepare(choices, publicUrl(door.host, door.port), say)
  const stop = async (): Promise<void> => {
    await Promise.all(ground.closers.map((close) => close()))
  }
  try {
    // Whoever listens has its port; between choosing one and listening on it another process could take it.
    const front = await openPlaces(ground, 'gateway', door)
    for (const name of serviceNames) await migrateService(name, { ...ground.environment, ...ground.secretOf(name) })
    const emulators = await startEmulators(ground)
    const AUTH_URL = await startService(ground, 'auth', {})
    const INFERENCE_URL = await startService(ground, 'ai-inference', { AUTH_URL, ...emulators?.settings })
    const behind = { AUTH_URL, INFERENCE_URL }
    const ORCHESTRATOR_URL = await startService(ground, 'consensus-orchestrator', behind)
    await startAt(ground, 'gateway', { ...behind, ORCHESTRATOR_URL }, front)
    const { replicas } = ground
    return { url: publicUrl(door.host, door.port), replicas, emulators: emulators?.url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Secrets and keys are those of the data folder, so that a later start reads what this one wrote. */
async function prepare(choices: FleetChoices, url: string, say: Say): Promise<Ground> {
  const { secrets, path: folder } = await openDataFolder(choices.dataFolder, serviceNames)
  const clients = Object.entries(secrets.service_secrets).map(([name, secret]) => `${name}=${secret}`)
  return {
    folder,
    environment: {
      PUBLIC_URL: url,
      VAULT_KEYS: secrets.vault_keys,
      SERVICE_CLIENTS: clients.join(','),
      ...choices.environment,
    },
    secretOf: (service) => ({ SERVICE_CLIENT_SECRET: secrets.service_secrets[service] ?? '' }),
    choices,
    say,
    replicas: [],
    closers: [],
  }
}

/** Starts all replicas of a service and returns one address for them. */
async function startService(ground: Ground, name: string, addresses: Environment): Promise<string> {
  const host = '127.0.0.1'
  return startAt(ground, name, addresses, await openPlaces(ground, name, { host, port: await choosePort(host, 0) }))
}

type Places = { url: string; places: readonly Place[] }

/** Where the replicas of a service listen: one at `door`, several behind a balancer that is there. */
async function openPlaces({ choices, closers }: Ground, name: string, door: Place): Promise<Places> {
  const count = choices.replicas.get(name) ?? 1
  if (count === 1) return { url: `http://${door.host}:${door.port}`, places: [door] }
  const host = '127.0.0.1'
  const ports = await Promise.all(Array.from({ length: count }, () => choosePort(host, 0)))
  const balancer = await startBalancer(ports, door)
  closers.push(() => balancer.close())
  return { url: balancer.url, places: ports.map((port) => ({ host, port })) }
}

async function startAt(ground: Ground, name: string, addresses: Environment, { url, places }: Places): Promise<string> {
  await Promise.all(places.map((place, index) => startOne(ground, { name, index, addresses, place })))
  return url
}

type One = { name: string; index: number; addresses: Environment; place: Place }

async function startOne(ground: Ground, { name, index, addresses, place }: One): Promise<void> {
  const { folder, choices, say } = ground
  const environment: Environment = {
    ...ground.environment,
    ...addresses,
    ...ground.secretOf(name),
    HOST: place.host,
    PORT: String(place.port),
  }
  if (choices.link) {
    for (const [setting, address] of Object.entries(environment))
      if (linked.test(setting)) environment[setting] = await choices.link({ service: name, index }, setting, address)
  }
  const replica = startReplica({
    service: name,
    index,
    file: `services/${name}/src/main.ts`,
    place,
    environment,
    folder,
    preload: choices.preload ?? [],
    keepAlive: choices.keepAlive ?? false,
    say,
  })
  ground.replicas.push(replica)
  ground.closers.push(() => replica.stop())
  await replica.untilReady()
}

/** The providers' addresses for whoever has no keys. In production nothing is emulated. */
async function startEmulators(ground: Ground): Promise<{ url: string; settings: Environment } | undefined> {
  const { environment, folder, say, closers } = ground
  if (environment['NODE_ENV'] === 'production' || environment['EMULATORS'] === 'false') return undefined
  const place = { host: '127.0.0.1', port: await choosePort('127.0.0.1', Number(environment['EMULATOR_PORT'] ?? 0)) }
  const replica = startReplica({
    service: 'emulators',
    index: 0,
    file: 'packages/emulators/src/main.ts',
    place,
    environment: { ...environment, HOST: place.host, PORT: String(place.port) },
    folder,
    preload: [],
    keepAlive: false,
    say,
  })
  closers.push(() => replica.stop())
  const url = `http://127.0.0.1:${place.port}`
  const names = ['openai', 'anthropic', 'gemini', 'xai']
  return {
    url,
    settings: Object.fromEntries(names.map((name) => [`EMULATOR_URL_${name.toUpperCase()}`, `${url}/${name}`])),
  }
}
