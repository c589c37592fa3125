import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '@concord/database/database'
import { and, sql } from '@concord/database/sql'
import type { SQL } from '@concord/database/sql'
import { getTableConfig } from '@concord/database/tables'
import type { PgColumn, PgTable } from '@concord/database/tables'

/** What a service keeps for a while only. Rows of other tables that belong to a row go with it, by `on delete cascade`. */
export type RetentionRule = {
  table: PgTable
  /** The column, indexed, from which the period is counted: a moment or a UTC day. */
  age: PgColumn
  keepMs: number
  /** The setting that the period comes from; absent where it is fixed. */
  setting?: string
  /** Which rows only: what is still in use is never due. */
  only?: SQL
  /** Fewer where much hangs on a row. */
  rowsPerBatch?: number
}

export const dayMs = 24 * 60 * 60 * 1_000
const usualBatch = 500
const longestPauseMs = 1_000

/** The table with its schema, as reports and metrics name it. */
export function tableOf({ table }: Pick<RetentionRule, 'table'>): string {
  const { schema, name } = getTableConfig(table)
  return schema === undefined ? name : `${schema}.${name}`
}

/** How many rows are due now. */
export async function countDue(db: Db, rule: RetentionRule): Promise<number> {
  const [row] = await db
    .select({ due: sql<string>`count(*)` })
    .from(rule.table)
    .where(isDue(rule))
  return Number(row?.due ?? 0)
}

/**
 * Removes all rows that are due, the oldest first, and gives how many. Each batch is one transaction that locks its own rows
 * only and passes over those that another holds: several replicas may run it at once, it may be killed at any point, and
 * the next run goes on where this one ended. Rests between batches for as long as they take. Ends early, without an
 * error, when `signal` aborts.
 */
export async function removeDue(
  db: Db,
  rule: RetentionRule,
  { signal, onBatch = () => {} }: { signal?: AbortSignal; onBatch?: (rows: number) => void } = {},
): Promise<number> {
  const limit = rule.rowsPerBatch ?? usualBatch
  let removed = 0
  while (!signal?.aborted) {
    const startedAt = performance.now()
    const rows = await removeBatch(db, rule, limit)
    removed += rows
    if (rows > 0) onBatch(rows)
    if (rows < limit) break
    await sleep(Math.min(performance.now() - startedAt, longestPauseMs), undefined, signal ? { signal } : {}).catch(
      () => {},
    )
  }
  return removed
}

async function removeBatch(db: Db, rule: RetentionRule, limit: number): Promise<number> {
  const due = db
    .select({ place: sql`ctid` })
    .from(rule.table)
    .where(isDue(rule))
    .orderBy(rule.age)
    .limit(limit)
    .for('update', { skipLocked: true })
  const { rowCount } = await db.execute(sql`delete from ${rule.table} where ctid = any(array${due})`)
  return rowCount ?? 0
}

/** By the database's clock, which is one for all replicas: a machine whose own is wrong must not empty the tables. */
function isDue({ age, keepMs, only }: RetentionRule): SQL | undefined {
  const oldest = sql`now() - ${keepMs}::float8 * interval '1 millisecond'`
  const old = age.dataType === 'string' ? sql`${age} < ((${oldest}) at time zone 'utc')::date` : sql`${age} < ${oldest}`
  return and(old, only)
}
