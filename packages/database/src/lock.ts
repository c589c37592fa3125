import { sql } from './sql.ts'
import type { Db } from './database.ts'

/** Waits until no other transaction holds the lock of this name; it is held until the transaction ends. */
export async function lockUntilEnd(tx: Db, name: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`)
}

/** Takes the lock of this name until the transaction ends; false when another transaction holds it. */
export async function tryLockUntilEnd(tx: Db, name: string): Promise<boolean> {
  const { rows } = await tx.execute<{ held: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as held`,
  )
  return rows[0]?.held === true
}
