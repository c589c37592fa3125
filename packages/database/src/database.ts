import { sql } from './sql.ts'
import type { NodePgQueryResultHKT } from 'drizzle-orm/node-postgres'
import type { PgDatabase } from './tables.ts'
import { Pool } from 'pg'
import type { ClientConfig } from 'pg'
import type { Log } from './log.ts'
import { poolDatabase } from './pool-session.ts'

/** Both the pool's handle and a transaction's. Inside a transaction use only the transaction's: the other would wait for it. */
export type Db = PgDatabase<NodePgQueryResultHKT>

export type Database = {
  db: Db
  /** Rejects when the database does not answer in time. */
  ping(): Promise<void>
  /** Waits for the queries under way. */
  close(): Promise<void>
}

/**
 * A pool on `url`, which may be PostgreSQL or the embedded engine. Nothing here depends on a session (no SET, no LISTEN,
 * no named statements, no session locks), because the embedded engine has one session for all connections.
 * Connects on first use; an unreachable server rejects within `connectTimeoutMs` (default 5000), a silent one within
 * `statementTimeoutMs` (default 15000). Neither error holds the password.
 */
export function openDatabase(options: {
  url: string
  applicationName: string
  poolMax?: number
  statementTimeoutMs?: number
  connectTimeoutMs?: number
  logger?: Log
}): Database {
  const pool = new Pool({ ...connectionConfig(options), max: options.poolMax ?? 10, idleTimeoutMillis: 30_000 })
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => options.logger?.warn({ error: error.message }, 'an idle database connection broke'))
  // The same for one in a transaction, between two of its statements; the next statement rejects.
  pool.on('connect', (client) => client.on('error', () => {}))
  const db = poolDatabase(pool)
  let closing: Promise<void> | undefined
  return {
    db,
    ping: async () => {
      await db.execute(sql`select 1`)
    },
    close: () => (closing ??= pool.end()),
  }
}

function connectionConfig(options: {
  url: string
  applicationName: string
  statementTimeoutMs?: number
  connectTimeoutMs?: number
}): ClientConfig {
  const { url, applicationName, statementTimeoutMs = 15_000, connectTimeoutMs = 5_000 } = options
  return {
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    // PostgreSQL stops the statement itself; a little later the client gives up on a server that says nothing.
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 2_000,
    // Who forgets a transaction must not hold its locks for ever (the embedded engine does the same).
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
    // A statement may be sent before the one ahead of it is answered: a transaction's first goes out together with `begin`.
    pipeline: true,
  }
}
