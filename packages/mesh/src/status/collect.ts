import { existsSync } from 'node:fs'
import path from 'node:path'
import { openDatabase } from '@concord/database/database'
import { redisKeyValue } from '@concord/key-value/redis'
import type { BusState } from '@concord/messaging/bus-state'
import { inProcessState } from '@concord/messaging/in-process-state'
import { rabbitMqState } from '@concord/messaging/rabbitmq-state'
import { createLogger } from '@concord/service-kit/logging'
import { openDataFolder } from '../data-folder.ts'
import { reasonOf } from '../reach.ts'
import { allMigrations, serviceMigrations, serviceNames } from '../service-tables.ts'
import { runningMesh } from '../runtime-file.ts'
import { serviceAddresses } from './addresses.ts'
import type { Addresses } from './addresses.ts'
import { databaseState } from './database-state.ts'
import type { DatabaseState } from './database-state.ts'
import { handlers } from './handlers.ts'
import { keysSet, modelStates } from './models.ts'
import type { ModelState } from './models.ts'
import { replicasOf } from './replicas.ts'
import type { Replica } from './replicas.ts'
import type { StatusConfig } from './settings.ts'

/** A dependency: what it tells, or why it could not be asked. Null: there is none to ask. */
export type Asked<State> = { state: 'up'; told: State } | { state: 'down'; reason: string } | null

export type Status = {
  /** Null when nothing says that a mesh runs. */
  services: Replica[] | null
  database: Asked<DatabaseState>
  /** Null where counters and live events stay in the process. */
  redis: Asked<{ latency_ms: number }>
  bus: Asked<BusState & { kind: 'RabbitMQ' | 'table' }>
  providers: { keys_set: string[]; emulators: boolean; models: Asked<ModelState[]> }
}

/** A busy machine is no dead one: what answers within this time is up. */
const patienceMs = 10_000

/** Asks everything at once; what cannot be reached is part of the answer. Starts nothing and changes nothing. */
export async function collectStatus(config: StatusConfig, environment: NodeJS.ProcessEnv): Promise<Status> {
  const runtime = runningMesh(config.CONCORD_DATA_DIR)
  const addresses = serviceAddresses(config, runtime)
  const databaseUrl = config.DATABASE_URL ?? runtime?.database_url
  const [services, database, redis, bus, models] = await Promise.all([
    addresses ? allReplicas(addresses) : null,
    databaseUrl
      ? asked(() => databaseState(databaseUrl, config.RABBITMQ_URL ? serviceMigrations : allMigrations))
      : null,
    config.REDIS_URL ? asked(() => pingRedis(config.REDIS_URL ?? '')) : null,
    askBus(config, databaseUrl),
    addresses ? askModels(config, addresses) : null,
  ])
  const emulators = config.EMULATORS && config.NODE_ENV !== 'production'
  return { services, database, redis, bus, providers: { keys_set: keysSet(environment), emulators, models } }
}

async function allReplicas(addresses: Addresses): Promise<Replica[]> {
  const each = Object.entries(addresses).flatMap(([service, urls]) => urls.map((url) => replicasOf(service, url)))
  return (await Promise.all(each)).flat()
}

async function askBus(config: StatusConfig, databaseUrl: string | undefined): Promise<Status['bus']> {
  const { RABBITMQ_URL: url } = config
  if (url)
    return asked(async () => ({ kind: 'RabbitMQ', ...(await rabbitMqState({ url, handlers, timeoutMs: patienceMs })) }))
  if (!databaseUrl) return null
  return asked(async () => {
    const database = openDatabase({ url: databaseUrl, applicationName: 'concord status', poolMax: 1 })
    try {
      return { kind: 'table', ...(await inProcessState(database)) }
    } finally {
      await database.close()
    }
  })
}

async function pingRedis(url: string): Promise<{ latency_ms: number }> {
  const keyValue = redisKeyValue({ url, logger: createLogger('concord', 'silent'), commandTimeoutMs: patienceMs })
  try {
    await keyValue.ping()
    const askedAt = performance.now()
    await keyValue.ping()
    return { latency_ms: Math.round(performance.now() - askedAt) }
  } finally {
    await keyValue.close()
  }
}

/** Only where the services' secrets lie in a data folder; what runs elsewhere keeps them to itself. */
async function askModels(config: StatusConfig, addresses: Addresses): Promise<Asked<ModelState[]>> {
  if (!existsSync(path.join(config.CONCORD_DATA_DIR, 'secrets.json'))) return null
  const { secrets } = await openDataFolder(config.CONCORD_DATA_DIR, serviceNames)
  const clientSecret = secrets.service_secrets['gateway']
  const [authUrl] = addresses['auth'] ?? []
  const [inferenceUrl] = addresses['ai-inference'] ?? []
  if (!clientSecret || !authUrl || !inferenceUrl) return null
  return asked(() => modelStates({ authUrl, inferenceUrl, clientSecret }))
}

async function asked<State>(ask: () => Promise<State>): Promise<Asked<State>> {
  try {
    return { state: 'up', told: await ask() }
  } catch (error) {
    return { state: 'down', reason: reasonOf(error) }
  }
}
