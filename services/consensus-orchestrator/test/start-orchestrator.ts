import { fileURLToPath } from 'node:url'
import { DurableEvent, liveChannel, StoredEvents } from '@concord/contracts/live-events'
import { QueryAccepted, QueryResults } from '@concord/contracts/queries'
import { openDatabase } from '@concord/database/database'
import { inProcessKeyValue } from '@concord/key-value/in-process'
import { redisKeyValue } from '@concord/key-value/redis'
import { busMigrations, inProcessBus } from '@concord/messaging/in-process'
import { rabbitMqBus } from '@concord/messaging/rabbitmq'
import { newId } from '@concord/service-kit/ids'
import { createLogger } from '@concord/service-kit/logging'
import { createMetrics } from '@concord/service-kit/metrics'
import type { BusMessage } from '@concord/messaging/bus'
import type { Platform } from '@concord/service-kit/platform'
import { startService } from '@concord/service-kit/service'
import type { Engine } from '@concord/testing/engines'
import { patienceMs } from '@concord/testing/patience'
import { newKeyRing, parseKeyRing } from '@concord/vault/key-ring'
import { Config } from '../src/config.ts'
import { consensusOrchestrator } from '../src/service.ts'
import { issuer } from './neighbours.ts'
import type { Neighbours } from './neighbours.ts'
import { startScriptedModels } from './scripted-models.ts'
import type { Script } from './scripted-models.ts'

export const migrations = [
  busMigrations,
  { service: 'consensus-orchestrator', folder: fileURLToPath(new URL('../migrations', import.meta.url)) },
]

const ringText = newKeyRing()

/** The engines of one process, as `runService` or the mesh would open them. */
function openTestPlatform(engine: Engine): Platform {
  const logger = createLogger('test', process.env['TEST_LOG_LEVEL'] ?? 'silent')
  const database = openDatabase({ url: engine.databaseUrl, applicationName: 'test', logger })
  const keyValue = engine.redisUrl
    ? redisKeyValue({ url: engine.redisUrl, prefix: engine.redisPrefix, logger })
    : inProcessKeyValue()
  const bus = engine.rabbitMqUrl ? rabbitMqBus({ url: engine.rabbitMqUrl, logger }) : inProcessBus({ database, logger })
  return {
    database,
    bus,
    keyValue,
    logger,
    ring: parseKeyRing(ringText),
    metrics: createMetrics('consensus-orchestrator'),
    async close() {
      await bus.close()
      await keyValue.close()
      await database.close()
    },
  }
}

type Options = { engine: Engine; neighbours: Neighbours; settings?: Record<string, string> }

/** The whole service on these engines; `server` may be asked by `inject`. */
export async function startOrchestrator({ engine, neighbours, settings = {} }: Options) {
  const platform = openTestPlatform(engine)
  const config = Config.parse({
    DATABASE_URL: engine.databaseUrl,
    VAULT_KEYS: ringText,
    PUBLIC_URL: issuer,
    AUTH_URL: neighbours.url,
    INFERENCE_URL: neighbours.url,
    SERVICE_CLIENT_SECRET: 'a-secret-for-tests-only',
    DEADLINE_SWEEP_MS: '50',
    ...settings,
  })
  const instance = await consensusOrchestrator.create(config, platform)
  const running = await startService('consensus-orchestrator', instance, platform, { host: '127.0.0.1', port: 0 })
  return {
    platform,
    server: instance.server,
    /** Hands a message to this service's own handler, past the bus: the test decides what comes when, and how often. */
    async deliver({ id, type, body, headers }: BusMessage) {
      const subscription = instance.subscriptions.find((one) => one.type === type)
      await subscription?.handle({ id, type, body, headers, attempt: 1, signal: new AbortController().signal })
    },
    async close() {
      await running.close()
      await platform.close()
    },
  }
}

export type Orchestrator = Awaited<ReturnType<typeof startOrchestrator>>

/** A user of the API. */
export async function aUser(
  neighbours: Neighbours,
  { server }: Pick<Orchestrator, 'server'>,
  { id = newId('usr'), ...options }: Parameters<Neighbours['userToken']>[1] & { id?: string } = {},
) {
  const headers = { authorization: `Bearer ${await neighbours.userToken(id, options)}` }
  const send = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object, more: Record<string, string> = {}) =>
    server.inject({ method, url, headers: { ...headers, ...more }, ...(payload === undefined ? {} : { payload }) })

  const results = async (queryId: string) =>
    QueryResults.parse((await send('GET', `/queries/${queryId}/results`)).json())
  return {
    id,
    headers,
    send,
    results,
    async submit(body: object) {
      const response = await send('POST', '/queries/submit', body)
      if (response.statusCode !== 202) throw new Error(`submit: ${response.statusCode} ${response.body}`)
      return QueryAccepted.parse(response.json()).query_id
    },
    /** The results once the query has ended. */
    ended: (queryId: string) =>
      eventually(async () => {
        const found = await results(queryId)
        return found.status === 'processing' ? undefined : found
      }),
  }
}

/** All stored events of a query, as the gateway would ask for them. */
export async function storedEvents(
  { server }: Pick<Orchestrator, 'server'>,
  neighbours: Neighbours,
  queryId: string,
  after = 0,
) {
  const headers = { authorization: `Bearer ${await neighbours.serviceToken()}` }
  const response = await server.inject({ url: `/internal/queries/${queryId}/events?after=${after}`, headers })
  return StoredEvents.parse(response.json())
}

/** Everything that was published on the query's live channel from now on. */
export async function listenLive({ platform }: Pick<Orchestrator, 'platform'>, queryId: string) {
  const heard: DurableEvent[] = []
  const stop = await platform.keyValue.subscribe(liveChannel(queryId), (text) => {
    heard.push(DurableEvent.parse(JSON.parse(text)))
  })
  return { heard, stop }
}

/** Asks again and again until there is an answer; gives up after 20 s. */
export async function eventually<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  const giveUpAt = Date.now() + patienceMs
  while (Date.now() < giveUpAt) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('it did not happen within 20 s')
}

/** A council: neighbours, service and scripted models on one engine. */
export async function startCouncil(
  engine: Engine,
  neighbours: Neighbours,
  script: Script,
  settings: Record<string, string> = {},
) {
  const orchestrator = await startOrchestrator({ engine, neighbours, settings })
  const models = await startScriptedModels(orchestrator.platform.bus, orchestrator.platform.ring, script)
  return {
    ...orchestrator,
    models,
    async close() {
      await models.close()
      await orchestrator.close()
    },
  }
}
