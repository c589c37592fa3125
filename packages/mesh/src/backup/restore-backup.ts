import path from 'node:path'
import { openDatabase } from '@concord/database/database'
import type { Database, Db } from '@concord/database/database'
import type { KeyRing } from '@concord/vault/key-ring'
import { PlainError } from '../plain-error.ts'
import { allMigrations, allSchemas, serviceNames } from '../service-tables.ts'
import { connectedServices, dropSchemas, engineVersion, migrationsSchema, presentSchemas } from './describe-database.ts'
import { readManifest, verifyParts } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import { findPostgresTools, runTool } from './postgres-tools.ts'
import { makeTables, newestMigration, restoreRows } from './restore-rows.ts'

const statementTimeoutMs = 60 * 60_000

type Options = {
  url: string
  folder: string
  /** False for the embedded engine, which pg_restore cannot talk to. */
  takesArchives: boolean
  toolsFolder: string | undefined
  /** What the mesh will read with; undefined when it is not known here. */
  ring: KeyRing | undefined
  allowMissingKeys: boolean
  force: boolean
  onProgress: (line: string) => void
}

/**
 * Brings the state of a backup into a database without tables of Concord, or with `force` in the place of what is there. Everything
 * that can be checked is checked before anything is changed; a restore that fails leaves no tables of Concord behind.
 */
export async function restoreBackup(options: Options): Promise<Manifest> {
  const { url, folder, force, onProgress } = options
  const manifest = await readManifest(folder)
  checkKeys(manifest, options)
  await verifyParts(folder, manifest.parts, onProgress)
  const database = openDatabase({ url, applicationName: 'concord', poolMax: 1, statementTimeoutMs })
  try {
    const restore = await prepare(database.db, manifest, options)
    await refuseWhileInUse(database.db)
    const present = await presentSchemas(database.db, [...allSchemas, migrationsSchema])
    if (present.length > 0 && !force)
      throw new PlainError(
        `The database is not empty (${present.join(', ')}): nothing was changed. --force replaces what is there by the backup.`,
      )
    await database.db.transaction((tx) => dropSchemas(tx, present))
    try {
      await restore(database)
    } catch (error) {
      await database.db.transaction((tx) => dropSchemas(tx, [...allSchemas, migrationsSchema]))
      throw error
    }
    return manifest
  } finally {
    await database.close()
  }
}

/** Finds what the format needs; gives what is then to be done. */
async function prepare(
  db: Db,
  { format, parts, migrations, server_major: madeBy }: Manifest,
  { url, folder, takesArchives, toolsFolder, onProgress }: Options,
): Promise<(database: Database) => Promise<void>> {
  for (const { service, last } of migrations) {
    if (last > (await newestMigration(service, allMigrations)))
      throw new PlainError(
        `The backup's tables of ${service} are newer than this program: restore it with the version that made it.`,
      )
  }
  if (format === 'rows')
    return async (database) => {
      onProgress('making the tables')
      await makeTables(url, migrations, allMigrations)
      await restoreRows(database, { folder, parts, onProgress })
    }
  if (!takesArchives)
    throw new PlainError(
      'This backup was made by pg_dump, which needs PostgreSQL (DATABASE_URL). For the embedded engine, take one with --format rows.',
    )
  const { major } = await engineVersion(db)
  const tools = await findPostgresTools(toolsFolder, Math.max(major, madeBy))
  return async () => {
    for (const { schema, file } of parts) {
      onProgress(`restoring ${schema}`)
      const args = ['--exit-on-error', '--single-transaction', '--no-owner', '--no-privileges', '--no-password']
      await runTool(tools, 'pg_restore', { url, args: [...args, path.join(folder, file)] })
    }
  }
}

function checkKeys({ keys }: Manifest, { ring, allowMissingKeys }: Options): void {
  if (!ring || allowMissingKeys) return
  const missing = keys.vault.filter((id) => !ring.find(id))
  if (missing.length > 0)
    throw new PlainError(
      `What is encrypted in the backup needs the key ${missing.join(', ')}, which VAULT_KEYS (or secrets.json of the data folder) does ` +
        'not hold: put it there first. --allow-missing-keys restores what can be read without it.',
    )
}

async function refuseWhileInUse(db: Db): Promise<void> {
  const connected = await connectedServices(db, [...serviceNames, 'bus'])
  if (connected.length > 0) throw new PlainError(`Stop the services first: connected are ${connected.join(', ')}.`)
}
