import { openDatabase } from '@concord/database/database'
import type { Db } from '@concord/database/database'
import { migrationState } from '@concord/database/migration-state'
import type { MigrationState } from '@concord/database/migration-state'
import { sql } from '@concord/database/sql'

/** Beyond its deadline by this much a query counts as stuck: the sweep ends it within seconds. */
const stuckAfterS = 30

export type Outbox = { schema: string; waiting: number; oldest_ms: number }
export type Standby = { name: string; state: string; lag_ms: number | null }
export type DatabaseState = {
  version: string
  latency_ms: number
  connections: { open: number; limit: number }
  migrations: MigrationState[]
  /** Null on a primary; on a standby, how long ago what it shows was true. */
  standby_lag_ms: number | null
  /** Those that follow this server, as far as this account may see them. */
  standbys: Standby[]
  outboxes: Outbox[]
  /** Null before the orchestrator's tables exist. */
  queries: { running: number; stuck: number; oldest_stuck_ms: number } | null
}

/** Reads what the database tells of itself and of the mesh's work. Rejects when it does not answer. */
export async function databaseState(
  url: string,
  known: readonly { service: string; folder: string }[],
): Promise<DatabaseState> {
  const database = openDatabase({ url, applicationName: 'concord status', poolMax: 1, statementTimeoutMs: 5_000 })
  try {
    await database.ping()
    const askedAt = performance.now()
    const server = await readServer(database.db)
    const latency_ms = Math.round(performance.now() - askedAt)
    const migrations: MigrationState[] = []
    for (const one of known) migrations.push(await migrationState(database.db, one))
    return {
      ...server,
      latency_ms,
      migrations,
      standbys: await readStandbys(database.db),
      outboxes: await readOutboxes(database.db),
      queries: await readQueries(database.db),
    }
  } finally {
    await database.close()
  }
}

async function readServer(db: Db) {
  const { rows } = await db.execute<{ version: string; open: number; limit: number; lag: number | null }>(sql`
    select current_setting('server_version') as version, current_setting('max_connections')::int as limit,
      (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as open,
      case when pg_is_in_recovery()
        then coalesce(extract(epoch from now() - pg_last_xact_replay_timestamp()) * 1000, 0)::float8 end as lag`)
  const [row] = rows
  return {
    version: row?.version.split(' ')[0] ?? '',
    connections: { open: row?.open ?? 0, limit: row?.limit ?? 0 },
    standby_lag_ms: row?.lag == null ? null : Math.round(row.lag),
  }
}

async function readStandbys(db: Db): Promise<Standby[]> {
  const { rows } = await db.execute<{ name: string; state: string | null; lag: number | null }>(sql`
    select coalesce(application_name, '') as name, state, (extract(epoch from replay_lag) * 1000)::float8 as lag
    from pg_stat_replication order by 1`)
  return rows.map(({ name, state, lag }) => ({
    name,
    state: state ?? 'unknown',
    lag_ms: lag === null ? null : Math.round(lag),
  }))
}

/** Every service keeps its outbox in a table of that name. */
async function readOutboxes(db: Db): Promise<Outbox[]> {
  const { rows } = await db.execute<{ schema: string }>(sql`
    select schemaname as schema from pg_tables where tablename = 'outbox' order by 1`)
  const outboxes: Outbox[] = []
  for (const { schema } of rows) {
    const found = await db.execute<{ waiting: number; oldest: number }>(sql`
      select count(*)::int as waiting, coalesce(extract(epoch from now() - min(created_at)) * 1000, 0)::float8 as oldest
      from ${sql.identifier(schema)}.outbox`)
    const [row] = found.rows
    outboxes.push({ schema, waiting: row?.waiting ?? 0, oldest_ms: Math.max(0, Math.round(row?.oldest ?? 0)) })
  }
  return outboxes
}

async function readQueries(db: Db): Promise<DatabaseState['queries']> {
  const { rows: tables } = await db.execute<{ there: boolean }>(
    sql`select to_regclass('consensus.queries') is not null as there`,
  )
  if (!tables[0]?.there) return null
  const { rows } = await db.execute<{ running: number; stuck: number; oldest: number }>(sql`
    select count(*)::int as running, count(*) filter (where late)::int as stuck,
      coalesce(max(extract(epoch from now() - deadline_at)) filter (where late) * 1000, 0)::float8 as oldest
    from (
      select deadline_at, deadline_at < now() - ${stuckAfterS} * interval '1 second' as late
      from consensus.queries where stage_deadline_at is not null
    ) as unfinished`)
  const [row] = rows
  return { running: row?.running ?? 0, stuck: row?.stuck ?? 0, oldest_stuck_ms: Math.round(row?.oldest ?? 0) }
}
