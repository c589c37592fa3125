import { openDatabase } from '@concord/database/database'
import { inProcessKeyValue } from '@concord/key-value/in-process'
import type { KeyValue } from '@concord/key-value/key-value'
import { redisKeyValue } from '@concord/key-value/redis'
import { inProcessBus } from '@concord/messaging/in-process'
import { rabbitMqBus } from '@concord/messaging/rabbitmq'
import { createLogger } from '@concord/service-kit/logging'
import { createMetrics } from '@concord/service-kit/metrics'
import type { Platform } from '@concord/service-kit/platform'
import { parseKeyRing } from '@concord/vault/key-ring'

export type EngineSettings = {
  databaseUrl: string
  redisUrl: string | undefined
  redisPrefix: string
  rabbitMqUrl: string | undefined
  vaultKeys: string
}

/** What one process of the mesh stands on. `shared` takes the place of Redis where there is none. */
export function openEngines(settings: EngineSettings, shared: KeyValue = inProcessKeyValue()): Platform {
  const { databaseUrl: url, redisUrl, redisPrefix: prefix, rabbitMqUrl } = settings
  const logger = createLogger('test', 'silent')
  const database = openDatabase({ url, applicationName: 'test', poolMax: 4, logger })
  const keyValue = redisUrl ? redisKeyValue({ url: redisUrl, prefix, logger }) : shared
  const bus = rabbitMqUrl ? rabbitMqBus({ url: rabbitMqUrl, logger }) : inProcessBus({ database, logger, pollMs: 200 })
  const close = async () => {
    await bus.close()
    if (redisUrl) await keyValue.close()
    await database.close()
  }
  return {
    database,
    keyValue,
    bus,
    ring: parseKeyRing(settings.vaultKeys),
    logger,
    metrics: createMetrics('test'),
    close,
  }
}
