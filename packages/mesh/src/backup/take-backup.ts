import { mkdir, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { openDatabase } from '@concord/database/database'
import type { Db } from '@concord/database/database'
import { signingKeyStates } from '@concord/auth/rotate-signing-key'
import { version } from '@concord/service-kit/version'
import { sql } from '@concord/database/sql'
import { ringUses } from '../keys/ring-uses.ts'
import { PlainError } from '../plain-error.ts'
import { allSchemas } from '../service-tables.ts'
import { appliedMigrations, engineVersion, migrationsSchema, presentSchemas } from './describe-database.ts'
import { dumpRows } from './dump-rows.ts'
import { dumpWithPostgres } from './dump-with-postgres.ts'
import { writeManifest } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import { findPostgresTools } from './postgres-tools.ts'

const statementTimeoutMs = 60 * 60_000

type Options = {
  url: string
  folder: string
  format: Manifest['format']
  toolsFolder: string | undefined
  onProgress: (line: string) => void
}

/**
 * Writes the whole mesh's state, all schemas as of one moment, into `folder`, which must be absent or empty. Services may run
 * meanwhile. A backup that fails leaves no folder behind that it made.
 */
export async function takeBackup(options: Options): Promise<Manifest> {
  const { url, folder } = options
  const made = await prepareFolder(folder)
  const database = openDatabase({ url, applicationName: 'concord', poolMax: 1, statementTimeoutMs })
  try {
    const manifest = await database.db.transaction((tx) => dump(tx, options), {
      isolationLevel: 'repeatable read',
      accessMode: 'read only',
    })
    await writeManifest(folder, manifest)
    return manifest
  } catch (error) {
    if (made) await rm(folder, { recursive: true, force: true })
    throw error
  } finally {
    await database.close()
  }
}

async function dump(tx: Db, { url, folder, format, toolsFolder, onProgress }: Options): Promise<Manifest> {
  await tx.execute(sql`set local idle_in_transaction_session_timeout = 0`)
  const { engine, major } = await engineVersion(tx)
  const schemas = await presentSchemas(tx, allSchemas)
  const migrations = schemas.length > 0 ? await appliedMigrations(tx) : []
  if (migrations.length === 0)
    throw new PlainError('There is nothing to back up: the database has no tables of Concord.')
  const uses = await ringUses(tx, schemas)
  const signing = await signingKeyStates({ db: tx })
  const parts =
    format === 'rows'
      ? await dumpRows(tx, { folder, schemas, onProgress })
      : await dumpWithPostgres(tx, {
          tools: await findPostgresTools(toolsFolder, major),
          url,
          folder,
          // Last, so that what was restored in part is not taken for a database that is up to date.
          schemas: [...schemas, migrationsSchema],
          onProgress,
        })
  return {
    backup: 'concord',
    format_version: 1,
    format,
    concord_version: version,
    created_at: new Date().toISOString(),
    engine,
    server_major: major,
    migrations,
    keys: { vault: [...new Set(uses.map(({ keyId }) => keyId))].toSorted(), signing: signing.map(({ kid }) => kid) },
    parts,
  }
}

/** True when it was made; throws a PlainError when it holds anything or cannot be written. */
async function prepareFolder(folder: string): Promise<boolean> {
  try {
    const made = await mkdir(folder, { recursive: true, mode: 0o700 })
    if ((await readdir(folder)).length === 0) return made !== undefined
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new PlainError(`The folder ${folder} cannot be written (${code}).`)
  }
  throw new PlainError(
    `The folder ${folder} is not empty; a backup needs one of its own (or take --in ${path.dirname(folder)}).`,
  )
}
