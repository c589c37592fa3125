import { DrizzleQueryError } from './sql.ts'
import { NodePgDatabase, NodePgSession, NodePgTransaction } from 'drizzle-orm/node-postgres'
import { PgDialect } from './tables.ts'
import type { PgPreparedQuery, PgTransactionConfig, PreparedQueryConfig } from './tables.ts'
import type { Pool, PoolClient, QueryResult } from 'pg'

type NoTables = Record<string, never>

/**
 * drizzle on a pool, with three faults of its own session mended: a connection on which `begin` or `rollback` failed or a
 * query timed out is dropped rather than leaked or reused; a commit that PostgreSQL turned into a rollback (an error inside
 * was caught) throws; and no error carries the parameters or the conflicting values, which are people's data.
 */
export function poolDatabase(pool: Pool): NodePgDatabase {
  const dialect = new PgDialect()
  return new NodePgDatabase(dialect, new PoolSession(pool, dialect), undefined)
}

/** Discreet about values in errors; the same for the pool and for one connection inside a transaction. */
class DiscreetSession extends NodePgSession<NoTables, NoTables> {
  override prepareQuery<T extends PreparedQueryConfig>(
    ...args: Parameters<NodePgSession<NoTables, NoTables>['prepareQuery']>
  ): PgPreparedQuery<T> {
    const prepared = super.prepareQuery<T>(...args)
    const execute = prepared.execute.bind(prepared)
    prepared.execute = (values) => execute(values).catch(throwDiscreetly)
    return prepared
  }
}

class PoolSession extends DiscreetSession {
  readonly #pool: Pool
  readonly #dialect: PgDialect

  constructor(pool: Pool, dialect: PgDialect) {
    super(pool, dialect, undefined)
    this.#pool = pool
    this.#dialect = dialect
  }

  override async transaction<T>(
    work: (tx: NodePgTransaction<NoTables, NoTables>) => Promise<T>,
    config?: PgTransactionConfig,
  ): Promise<T> {
    const client = await this.#pool.connect()
    const session = new DiscreetSession(client, this.#dialect, undefined)
    const tx = new NodePgTransaction<NoTables, NoTables>(this.#dialect, session, undefined)
    let usable = false
    try {
      const begun = send(client, 'begin')
      // Looked at below; whatever fails before that must not leave it unheard.
      begun.catch(() => {})
      if (config) await tx.setTransaction(config)
      const result = await work(tx)
      await begun
      const { command } = await send(client, 'commit')
      usable = true
      if (command !== 'COMMIT') throw new Error('the transaction was rolled back, since a statement in it had failed')
      return result
    } catch (error) {
      usable ||= await rollBack(client, error)
      throw error
    } finally {
      client.release(!usable)
    }
  }
}

/**
 * Written to the connection at once, unlike a statement of drizzle's, so that `begin` goes before the first statement of the
 * transaction without costing a round trip of its own.
 */
function send(client: PoolClient, statement: 'begin' | 'commit'): Promise<QueryResult> {
  return client.query(statement).catch((cause: Error) => {
    throw new DrizzleQueryError(statement, [], cause)
  })
}

/** False when the connection must not be used again. */
async function rollBack(client: PoolClient, error: unknown): Promise<boolean> {
  if (timedOut(error)) return false
  try {
    await client.query('rollback')
    return true
  } catch {
    return false
  }
}

/** Says pg's client of a query that it still waits for: whatever is sent after it would wait as well. */
function timedOut(error: unknown): boolean {
  return error instanceof Error && (error.message === 'Query read timeout' || timedOut(error.cause))
}

function throwDiscreetly(error: unknown): never {
  if (!(error instanceof DrizzleQueryError)) throw error
  const { cause } = error
  if (cause && 'detail' in cause) cause.detail = undefined
  throw new DrizzleQueryError(error.query, [], cause)
}
