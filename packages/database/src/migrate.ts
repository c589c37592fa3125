import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator'
import { openDatabase } from './database.ts'
import { lockUntilEnd } from './lock.ts'

const timeoutMs = 10 * 60_000

/**
 * Brings `service`'s tables to the state of `folder` (drizzle-kit's output). What was applied is kept in
 * `migrations.<service>`. All in one transaction under a lock: safe to call from several processes at once, and a migration
 * that fails leaves nothing behind.
 */
export async function migrate(options: { url: string; service: string; folder: string }): Promise<void> {
  const { url, service, folder } = options
  const database = openDatabase({
    url,
    applicationName: `${service}-migrate`,
    poolMax: 1,
    statementTimeoutMs: timeoutMs,
  })
  try {
    await database.db.transaction(async (tx) => {
      // One lock for all services: the first of them makes the schema that holds the records.
      await lockUntilEnd(tx, 'migrate')
      await applyMigrations(tx, {
        migrationsFolder: folder,
        migrationsSchema: 'migrations',
        migrationsTable: service,
      })
    })
  } finally {
    await database.close()
  }
}
