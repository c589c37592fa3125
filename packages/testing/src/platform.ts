import { openDatabase } from '@concord/database/database'
import { inProcessKeyValue } from '@concord/key-value/in-process'
import { redisKeyValue } from '@concord/key-value/redis'
import { inProcessBus } from '@concord/messaging/in-process'
import { rabbitMqBus } from '@concord/messaging/rabbitmq'
import { createLogger } from '@concord/service-kit/logging'
import { createMetrics } from '@concord/service-kit/metrics'
import type { Platform } from '@concord/service-kit/platform'
import { newKeyRing, parseKeyRing } from '@concord/vault/key-ring'
import type { Engine } from './engines.ts'

/** The platform of one service on a suite's engine; `ring` is given where several services share sealed messages. */
export function openTestPlatform(
  service: string,
  engine: Engine,
  { ring = newKeyRing() }: { ring?: string } = {},
): Platform {
  const logger = createLogger(service, 'silent')
  const database = openDatabase({ url: engine.databaseUrl, applicationName: service, poolMax: 8, logger })
  const keyValue = engine.redisUrl
    ? redisKeyValue({ url: engine.redisUrl, prefix: engine.redisPrefix, logger })
    : inProcessKeyValue()
  const bus = engine.rabbitMqUrl ? rabbitMqBus({ url: engine.rabbitMqUrl, logger }) : inProcessBus({ database, logger })
  return {
    database,
    bus,
    keyValue,
    logger,
    ring: parseKeyRing(ring),
    metrics: createMetrics(service),
    async close() {
      await bus.close()
      await keyValue.close()
      await database.close()
    },
  }
}
