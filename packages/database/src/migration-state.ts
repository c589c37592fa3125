import { readMigrationFiles } from 'drizzle-orm/migrator'
import { sql } from './sql.ts'
import type { Db } from './database.ts'

/** Where `service`'s tables stand against the migrations of `folder`. */
export type MigrationState = {
  service: string
  applied: number
  pending: number
  /** The tables are newer than this program knows: it was rolled back, or it is the old one of two. */
  ahead: boolean
}

/** Reads what `migrate` has kept, and changes nothing. A migration is pending as `migrate` sees it: younger than the last that was applied. */
export async function migrationState(
  db: Db,
  { service, folder }: { service: string; folder: string },
): Promise<MigrationState> {
  const known = readMigrationFiles({ migrationsFolder: folder }).map(({ folderMillis }) => folderMillis)
  const { rows: kept } = await db.execute<{ at: boolean }>(
    sql`select to_regclass(${`migrations.${JSON.stringify(service)}`}) is not null as at`,
  )
  if (!kept[0]?.at) return { service, applied: 0, pending: known.length, ahead: false }
  const { rows } = await db.execute<{ total: string; last: string | null }>(
    sql`select count(*)::text as total, max(created_at)::text as last from ${sql.identifier('migrations')}.${sql.identifier(service)}`,
  )
  const last = Number(rows[0]?.last ?? 0)
  return {
    service,
    applied: Number(rows[0]?.total ?? 0),
    pending: known.filter((at) => at > last).length,
    ahead: last > Math.max(0, ...known),
  }
}
