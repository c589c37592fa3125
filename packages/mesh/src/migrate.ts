import { migrate } from '@concord/database/migrate'
import { busMigrations } from '@concord/messaging/in-process'
import { loadConfig } from '@concord/service-kit/config'
import { openDataFolder } from './data-folder.ts'
import { migrateAll, serviceNames } from './services.ts'
import { MeshConfig } from './settings.ts'
import { withDatabase } from './with-database.ts'

export async function migrateCommand(): Promise<void> {
  const config = loadConfig(MeshConfig, process.env)
  if (!config.DATABASE_URL) await openDataFolder(config.CONCORD_DATA_DIR, serviceNames)
  await withDatabase(config, async (url) => {
    await migrate({ url, ...busMigrations })
    await migrateAll(url)
  })
  process.stdout.write('The database is up to date.\n')
}
