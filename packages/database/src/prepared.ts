import { NodePgDatabase, NodePgSession } from 'drizzle-orm/node-postgres'
import { PgDialect } from './tables.ts'
import type { PgPreparedQuery, PreparedQueryConfig } from './tables.ts'
import type { Placeholder, Query, SQL } from './sql.ts'
import { sql } from './sql.ts'
import { Pool } from 'pg'
import type { QueryResult, QueryResultRow } from 'pg'
import type { Db } from './database.ts'

type NoTables = Record<string, never>
type Recorded = Parameters<NodePgSession<NoTables, NoTables>['prepareQuery']>
type Statement<Result> = { prepare(name: string): { execute(values?: Record<string, unknown>): Promise<Result> } }

type Execution<Result> = { execute: Result; all: unknown; values: unknown }

/** A statement whose text is known; `values` are those of its placeholders. Runs on any handle, a transaction's too. */
export type Prepared<Result> = (db: Db, values: Record<string, unknown>) => Promise<Result>

/**
 * Puts a statement's text together once, at its first use, instead of at each: for the few that run many times a query. What
 * changes from use to use is a `sql.placeholder`. The server is told the whole text each time (no named statement is left in a
 * session). Not for joins, whose rows drizzle maps by what it finds while it builds.
 */
export function prepared<Result>(build: (db: Db) => Statement<Result>): Prepared<Result> {
  let recorded: Recorded | undefined
  return (db, values) => {
    recorded ??= record(build)
    const [query, fields, , asArrays] = recorded
    return db._.session.prepareQuery<Execution<Result>>(query, fields, undefined, asArrays).execute(values)
  }
}

/** The same for a statement in plain SQL, whose rows come as the driver gives them. */
export function preparedSql<Row extends QueryResultRow>(statement: SQL): Prepared<QueryResult<Row>> {
  let query: Query | undefined
  return (db, values) => {
    query ??= new PgDialect().sqlToQuery(statement)
    return db._.session.prepareQuery<Execution<QueryResult<Row>>>(query, undefined, undefined, false).execute(values)
  }
}

/**
 * The same for statements of which parts vary, such as the number of rows: `shape` says all on which the text depends. At most
 * `most` shapes are kept; a further one is built at each use.
 */
export function preparedByShape<Shape, Result>(
  build: (db: Db, shape: Shape) => Statement<Result>,
  { most = 500 }: { most?: number } = {},
): (db: Db, key: string, shape: Shape, values: Record<string, unknown>) => Promise<Result> {
  const known = new Map<string, Prepared<Result>>()
  return (db, key, shape, values) => {
    const statement = known.get(key) ?? prepared((handle) => build(handle, shape))
    if (known.size < most) known.set(key, statement)
    return statement(db, values)
  }
}

/**
 * The row with a placeholder for each of its values, which are put into `values` under `prefix` and the column's name. Undefined and
 * null stay what they are, and so are part of the statement's text.
 */
export function placeholders<Row extends object>(
  row: Row,
  prefix: string,
  values: Record<string, unknown>,
): { [Key in keyof Row]: Row[Key] | Placeholder } {
  const entries = Object.entries(row).map(([column, value]: [string, unknown]) => {
    if (value === undefined || value === null) return [column, value]
    const name = `${prefix}.${column}`
    values[name] = value
    return [column, sql.placeholder(name)]
  })
  return Object.fromEntries(entries)
}

/** Notes what a builder would have sent. */
class Recorder extends NodePgSession<NoTables, NoTables> {
  recorded: Recorded | undefined

  override prepareQuery<T extends PreparedQueryConfig>(...args: Recorded): PgPreparedQuery<T> {
    this.recorded = args
    return super.prepareQuery<T>(...args)
  }
}

function record<Result>(build: (db: Db) => Statement<Result>): Recorded {
  const dialect = new PgDialect()
  const recorder = new Recorder(nowhere, dialect, undefined)
  build(new NodePgDatabase(dialect, recorder, undefined)).prepare('')
  if (!recorder.recorded) throw new Error('nothing was prepared')
  return recorder.recorded
}

/** Never connects. */
const nowhere = new Pool()
