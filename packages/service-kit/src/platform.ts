import { openDatabase } from '@concord/database/database'
import type { Database } from '@concord/database/database'
import { inProcessKeyValue } from '@concord/key-value/in-process'
import type { KeyValue } from '@concord/key-value/key-value'
import { redisKeyValue } from '@concord/key-value/redis'
import type { Bus } from '@concord/messaging/bus'
import { inProcessBus } from '@concord/messaging/in-process'
import { rabbitMqBus } from '@concord/messaging/rabbitmq'
import { parseKeyRing } from '@concord/vault/key-ring'
import type { KeyRing } from '@concord/vault/key-ring'
import type { Registry } from 'prom-client'
import { ConfigError } from './config.ts'
import { createLogger } from './logging.ts'
import type { Logger } from './logging.ts'
import { createMetrics } from './metrics.ts'
import type { PlatformConfig } from './settings.ts'

/** The engines a service stands on; the same for one process per service and for the mesh in one process. */
export type Platform = {
  database: Database
  bus: Bus
  keyValue: KeyValue
  ring: KeyRing
  logger: Logger
  metrics: Registry
  close(): Promise<void>
}

/** Opens the engines that the settings name. A service on its own needs all of them; the in-process ones are for the mesh. */
export function openPlatform(service: string, config: PlatformConfig, { alone = true } = {}): Platform {
  if (alone && (!config.REDIS_URL || !config.RABBITMQ_URL)) {
    throw new ConfigError('REDIS_URL and RABBITMQ_URL: a service in a process of its own needs both')
  }
  const logger = createLogger(service, config.LOG_LEVEL)
  const database = openDatabase({
    url: config.DATABASE_URL,
    applicationName: service,
    poolMax: config.DATABASE_POOL_MAX,
    logger,
  })
  const keyValue = config.REDIS_URL ? redisKeyValue({ url: config.REDIS_URL, logger }) : inProcessKeyValue()
  const bus = config.RABBITMQ_URL
    ? rabbitMqBus({ url: config.RABBITMQ_URL, logger })
    : inProcessBus({ database, logger })
  return {
    database,
    bus,
    keyValue,
    logger,
    ring: parseKeyRing(config.VAULT_KEYS),
    metrics: createMetrics(service),
    async close() {
      await bus.close()
      await keyValue.close()
      await database.close()
    },
  }
}
