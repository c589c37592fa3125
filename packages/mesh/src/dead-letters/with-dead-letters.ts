import { openDatabase } from '@concord/database/database'
import { migrate } from '@concord/database/migrate'
import type { DeadLetters } from '@concord/messaging/bus'
import { busMigrations, inProcessBus } from '@concord/messaging/in-process'
import { rabbitMqBus } from '@concord/messaging/rabbitmq'
import { loadConfig } from '@concord/service-kit/config'
import { createLogger } from '@concord/service-kit/logging'
import { reach } from '../reach.ts'
import { MeshConfig } from '../settings.ts'
import { withDatabase } from '../with-database.ts'

/** Runs `work` on the dead letters of the mesh: the broker's where RABBITMQ_URL is set, else those of the table. */
export async function withDeadLetters<Result>(work: (letters: DeadLetters) => Promise<Result>): Promise<Result> {
  const config = loadConfig(MeshConfig, process.env)
  const logger = createLogger('concord', 'silent')
  const { RABBITMQ_URL: url } = config
  if (url) {
    const bus = rabbitMqBus({ url, logger })
    try {
      await reach({ setting: 'RABBITMQ_URL', url }, () => bus.ping())
      return await work(bus.deadLetters)
    } finally {
      await bus.close()
    }
  }
  return withDatabase(config, async (databaseUrl) => {
    await migrate({ url: databaseUrl, ...busMigrations })
    const database = openDatabase({ url: databaseUrl, applicationName: 'concord', poolMax: 2 })
    const bus = inProcessBus({ database, logger })
    try {
      return await work(bus.deadLetters)
    } finally {
      await bus.close()
      await database.close()
    }
  })
}
