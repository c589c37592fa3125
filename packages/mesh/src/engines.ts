import { openDatabase } from '@concord/database/database'
import type { Database } from '@concord/database/database'
import { startEmbedded } from '@concord/database/embedded'
import { migrate } from '@concord/database/migrate'
import { inProcessKeyValue } from '@concord/key-value/in-process'
import { redisKeyValue } from '@concord/key-value/redis'
import { busMigrations, inProcessBus } from '@concord/messaging/in-process'
import { rabbitMqBus } from '@concord/messaging/rabbitmq'
import type { Logger } from '@concord/service-kit/logging'
import { openKeyRing } from '@concord/service-kit/open-key-ring'
import { openRecorder } from '@concord/service-kit/open-recorder'
import { createMetrics } from '@concord/service-kit/metrics'
import type { Platform } from '@concord/service-kit/platform'
import { tracedBus } from '@concord/service-kit/traced-bus'
import { tracedDatabase } from '@concord/service-kit/traced-database'
import { followedKeyRing } from '@concord/vault/key-ring'
import type { KeyRing } from '@concord/vault/key-ring'
import { readVaultKeys } from './data-folder.ts'
import type { DataFolder } from './data-folder.ts'
import { PlainError } from './plain-error.ts'
import { reach } from './reach.ts'
import type { MeshConfig } from './settings.ts'

/** The engines of the whole process: the real ones where an address is set, else the embedded ones. */
export type Engines = {
  databaseUrl: string
  /** The engines as one service sees them, with a pool and metrics of its own. */
  platformFor(service: { name: string; facesClients?: boolean | undefined }): Promise<Platform>
  close(): Promise<void>
}

type Options = {
  config: MeshConfig
  folder: DataFolder
  /** Where VAULT_KEYS was read from, if from a file. */
  keysFile: string | undefined
  logger: Logger
  onDatabaseExit: () => void
}

export async function openEngines({ config, folder, keysFile, logger, onDatabaseExit }: Options): Promise<Engines> {
  const ring = readKeyRing(() =>
    config.VAULT_KEYS ? openKeyRing(config.VAULT_KEYS, keysFile) : followedKeyRing(() => readVaultKeys(folder.path)),
  )
  const { databaseUrl, stopDatabase } = await openDatabaseEngine(config, folder, logger, onDatabaseExit)
  await reach({ setting: 'DATABASE_URL', url: config.DATABASE_URL, logger }, () =>
    migrate({ url: databaseUrl, ...busMigrations }),
  )

  const databases: Database[] = []
  const open = (applicationName: string) => {
    const database = openDatabase({ url: databaseUrl, applicationName, poolMax: 8, logger })
    databases.push(database)
    return database
  }
  const flushes: (() => Promise<void>)[] = []
  const neighbours: Platform['neighbours'] = new Map()
  const keyValue = config.REDIS_URL ? redisKeyValue({ url: config.REDIS_URL, logger }) : inProcessKeyValue()
  const bus = config.RABBITMQ_URL
    ? rabbitMqBus({ url: config.RABBITMQ_URL, logger })
    : inProcessBus({ database: open('bus'), logger })
  await reach({ setting: 'REDIS_URL', url: config.REDIS_URL, logger }, () => keyValue.ping())
  await reach({ setting: 'RABBITMQ_URL', url: config.RABBITMQ_URL, logger }, () => bus.ping())

  return {
    databaseUrl,
    async platformFor({ name: service, facesClients = false }) {
      const own = { logger: logger.child({ service }), metrics: createMetrics(service) }
      const exported = await openRecorder(config, { ...own, service, facesClients })
      if (exported) flushes.push(() => exported.close())
      const database = open(service)
      const system = config.RABBITMQ_URL ? 'rabbitmq' : 'postgresql'
      return {
        ...own,
        database: exported ? tracedDatabase(database) : database,
        bus: exported ? tracedBus(bus, { recorder: exported.recorder, system }) : bus,
        keyValue,
        ring,
        traces: exported?.recorder,
        neighbours,
        close: async () => {},
      }
    },
    async close() {
      const flushed = Promise.all(flushes.map((flush) => flush()))
      await bus.close()
      await keyValue.close()
      await Promise.all(databases.map((database) => database.close()))
      await stopDatabase()
      await flushed
    },
  }
}

function readKeyRing(open: () => KeyRing): KeyRing {
  try {
    return open()
  } catch (error) {
    throw new PlainError(`VAULT_KEYS: ${error instanceof Error ? error.message : 'no key ring'}`)
  }
}

async function openDatabaseEngine(config: MeshConfig, folder: DataFolder, logger: Logger, onExit: () => void) {
  if (config.DATABASE_URL) return { databaseUrl: config.DATABASE_URL, stopDatabase: async () => {} }
  const { url, stop } = await startEmbedded({ dataDir: folder.database, logger, onExit })
  return { databaseUrl: url, stopDatabase: stop }
}
