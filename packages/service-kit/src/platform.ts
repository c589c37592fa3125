import type { RequestListener } from 'node:http'
import { openDatabase } from '@concord/database/database'
import type { Database } from '@concord/database/database'
import type { KeyValue } from '@concord/key-value/key-value'
import { redisKeyValue } from '@concord/key-value/redis'
import type { Bus } from '@concord/messaging/bus'
import { rabbitMqBus } from '@concord/messaging/rabbitmq'
import type { KeyRing } from '@concord/vault/key-ring'
import type { Registry } from 'prom-client'
import { ConfigError } from './config.ts'
import { createLogger } from './logging.ts'
import type { Logger } from './logging.ts'
import { createMetrics } from './metrics.ts'
import { openKeyRing } from './open-key-ring.ts'
import { openRecorder } from './open-recorder.ts'
import type { PlatformConfig } from './settings.ts'
import type { Recorder } from './trace.ts'
import { tracedBus } from './traced-bus.ts'
import { tracedDatabase } from './traced-database.ts'

/** The engines a service stands on; the same for one process per service and for the mesh in one process. */
export type Platform = {
  database: Database
  bus: Bus
  keyValue: KeyValue
  ring: KeyRing
  logger: Logger
  metrics: Registry
  /** Takes the spans of this service; absent where traces are not exported. */
  traces?: Recorder | undefined
  /** The services that listen in this same process, by their addresses; absent where each has a process of its own. */
  neighbours?: Map<string, RequestListener>
  close(): Promise<void>
}

/** Opens the engines that the settings name, for a service in a process of its own. `keysFile` is where VAULT_KEYS was read from. */
export async function openPlatform(
  { name: service, facesClients = false }: { name: string; facesClients?: boolean | undefined },
  config: PlatformConfig,
  keysFile?: string,
): Promise<Platform> {
  const logger = createLogger(service, config.LOG_LEVEL)
  const { DATABASE_URL: url, REDIS_URL: redisUrl, RABBITMQ_URL: rabbitMqUrl, VAULT_KEYS: keys } = config
  if (!redisUrl || !rabbitMqUrl)
    throw new ConfigError('REDIS_URL and RABBITMQ_URL: a service in a process of its own needs both')
  const database = url
    ? openDatabase({ url, applicationName: service, poolMax: config.DATABASE_POOL_MAX ?? 10, logger })
    : undefined
  const ring = keys ? openKeyRing(keys, keysFile) : undefined
  const keyValue = redisKeyValue({ url: redisUrl, logger })
  const bus = rabbitMqBus({ url: rabbitMqUrl, logger })
  const metrics = createMetrics(service)
  const exported = await openRecorder(config, { service, facesClients, metrics, logger })
  const seen = database && exported ? tracedDatabase(database) : database
  return {
    get database() {
      return seen ?? missing('DATABASE_URL')
    },
    get ring() {
      return ring ?? missing('VAULT_KEYS')
    },
    bus: exported ? tracedBus(bus, { recorder: exported.recorder, system: 'rabbitmq' }) : bus,
    keyValue,
    logger,
    metrics,
    traces: exported?.recorder,
    async close() {
      const flushed = exported?.close()
      await bus.close()
      await keyValue.close()
      await database?.close()
      await flushed
    },
  }
}

function missing(setting: string): never {
  throw new ConfigError(`${setting}: this service needs it`)
}
