import type { Db } from '@concord/database/database'
import { sql } from '@concord/database/sql'

/** The schema in which drizzle keeps what was applied. */
export const migrationsSchema = 'migrations'

export type AppliedMigrations = { service: string; applied: number; last: number }

/** Which of these schemas there are, in the order given. */
export async function presentSchemas(db: Db, names: readonly string[]): Promise<string[]> {
  const { rows } = await db.execute<{ name: string }>(sql`select nspname as name from pg_namespace`)
  const present = new Set(rows.map(({ name }) => name))
  return names.filter((name) => present.has(name))
}

/** `version()` in short, such as `PostgreSQL 17.6`, and its major number. */
export async function engineVersion(db: Db): Promise<{ engine: string; major: number }> {
  const { rows } = await db.execute<{ text: string; number: number }>(
    sql`select current_setting('server_version') as text, current_setting('server_version_num')::int as number`,
  )
  const [row] = rows
  if (!row) throw new Error('the database does not tell its version')
  return { engine: `PostgreSQL ${row.text.split(' ')[0]}`, major: Math.floor(row.number / 10_000) }
}

/** What was applied of each service's migrations. */
export async function appliedMigrations(db: Db): Promise<AppliedMigrations[]> {
  const { rows: tables } = await db.execute<{ service: string }>(
    sql`select tablename as service from pg_tables where schemaname = ${migrationsSchema} order by 1`,
  )
  const states: AppliedMigrations[] = []
  for (const { service } of tables) {
    const { rows } = await db.execute<{ applied: number; last: string | null }>(
      sql`select count(*)::int as applied, max(created_at)::text as last from ${sql.identifier(migrationsSchema)}.${sql.identifier(service)}`,
    )
    states.push({ service, applied: rows[0]?.applied ?? 0, last: Number(rows[0]?.last ?? 0) })
  }
  return states
}

/** Names and numbers of the mesh's own processes that are connected. */
export async function connectedServices(db: Db, names: readonly string[]): Promise<string[]> {
  const { rows } = await db.execute<{ name: string; connections: number }>(
    sql`select application_name as name, count(*)::int as connections from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
          and application_name in (${sql.join(
            names.map((name) => sql`${name}`),
            sql`, `,
          )})
        group by 1 order by 1`,
  )
  return rows.map(({ name, connections }) => `${name} (${connections})`)
}

export async function dropSchemas(db: Db, schemas: readonly string[]): Promise<void> {
  for (const schema of schemas) await db.execute(sql`drop schema if exists ${sql.identifier(schema)} cascade`)
}
