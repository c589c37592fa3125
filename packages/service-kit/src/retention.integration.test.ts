import { openDatabase } from '@concord/database/database'
import type { Database } from '@concord/database/database'
import { engines } from '@concord/testing/engines'
import type { Engine } from '@concord/testing/engines'
import { eq, sql } from '@concord/database/sql'
import { date, integer, pgSchema, text, timestamp } from '@concord/database/tables'
import { asyncProperty, assert as holds, integer as anInteger } from 'fast-check'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createLogger } from './logging.ts'
import { retentionJob } from './retention-job.ts'
import { countDue, dayMs, removeDue } from './retention.ts'
import type { RetentionRule } from './retention.ts'

const schema = pgSchema('kept')
const letters = schema.table('letters', {
  id: integer().primaryKey(),
  state: text().notNull().default('read'),
  at: timestamp({ withTimezone: true }).notNull(),
  day: date({ mode: 'string' }).notNull(),
})
const weekly: RetentionRule = { table: letters, age: letters.at, keepMs: 7 * dayMs, rowsPerBatch: 10 }

describe.each(engines)('retention on the $name database', ({ open }) => {
  let engine: Engine
  let database: Database

  beforeAll(async () => {
    engine = await open({ migrations: [] })
    database = openDatabase({ url: engine.databaseUrl, applicationName: 'test' })
    await database.db.execute(sql`create schema kept`)
    await database.db.execute(
      sql`create table kept.letters (id int primary key, state text not null default 'read', at timestamptz not null, day date not null)`,
    )
  })
  beforeEach(() => database.db.delete(letters))
  afterAll(async () => {
    await database.close()
    await engine.close()
  })

  /** Letters 1 to `count`, each as old as its number of days. */
  const write = (count: number) =>
    database.db.execute(
      sql`insert into kept.letters (id, at, day)
          select n, now() - n * interval '1 day' - interval '1 minute', (now() at time zone 'utc')::date - n
          from generate_series(1, ${count}::int) n`,
    )
  const left = async () =>
    (await database.db.select({ id: letters.id }).from(letters)).map(({ id }) => id).toSorted(byNumber)

  test('removes what is older than its period, batch by batch, and nothing else', async () => {
    await write(40)
    const batches: number[] = []

    expect(await countDue(database.db, weekly)).toBe(34)
    expect(await removeDue(database.db, weekly, { onBatch: (rows) => batches.push(rows) })).toBe(34)

    expect(batches).toEqual([10, 10, 10, 4])
    expect(await left()).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('counts whole UTC days where a table has only those', async () => {
    await write(10)

    await removeDue(database.db, { table: letters, age: letters.day, keepMs: 7 * dayMs })

    expect(await left()).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  test('leaves what is in use, however old it is', async () => {
    await write(10)
    await database.db.update(letters).set({ state: 'open' }).where(eq(letters.id, 9))

    await removeDue(database.db, { ...weekly, only: sql`${letters.state} <> 'open'` })

    expect(await left()).toEqual([1, 2, 3, 4, 5, 6, 9])
  })

  test('ends after the batch under way when it is asked to stop, and goes on from there', async () => {
    await write(47)
    const stop = new AbortController()

    const first = await removeDue(database.db, weekly, { signal: stop.signal, onBatch: () => stop.abort() })
    const second = await removeDue(database.db, weekly)

    expect([first, second]).toEqual([10, 31])
  })

  test('however many run it at once, each row is removed by one of them', async () => {
    await holds(
      asyncProperty(anInteger({ min: 1, max: 5 }), anInteger({ min: 0, max: 90 }), async (runners, count) => {
        await database.db.delete(letters)
        await write(count)
        const due = Math.max(0, count - 6)

        const removed = await Promise.all(Array.from({ length: runners }, () => removeDue(database.db, weekly)))

        // Who passes over a row that another holds may end before that one has removed it; nobody counts it twice.
        expect(removed.reduce((sum, rows) => sum + rows, 0)).toBe(due)
        expect(await countDue(database.db, weekly)).toBe(0)
      }),
      { numRuns: 12 },
    )
  })

  test('a table that fails is told in the log and holds up no other; the metrics say what ran and when', async () => {
    await write(12)
    const missing = schema.table('missing', { at: timestamp({ withTimezone: true }).notNull() })
    const metrics = new Registry()
    const broken: RetentionRule = { table: missing, age: missing.at, keepMs: 0 }
    const job = retentionJob([broken, weekly], {
      db: database.db,
      metrics,
      logger: createLogger('test', 'silent'),
    })
    const startedAt = await lastRun(metrics, 'kept.missing')

    await job.run(new AbortController().signal)

    expect(await metrics.metrics()).toContain('retention_rows_removed_total{table="kept.letters"} 6')
    expect(await lastRun(metrics, 'kept.missing')).toBe(startedAt)
    expect(await lastRun(metrics, 'kept.letters')).toBeGreaterThan(startedAt)
  })
})

test('passes over rows that somebody works with, and does not wait for them', async () => {
  const engine = await engines[1].open({ migrations: [] })
  const database = openDatabase({ url: engine.databaseUrl, applicationName: 'test' })
  await database.db.execute(sql`create schema kept`)
  await database.db.execute(
    sql`create table kept.letters (id int primary key, state text not null default 'read', at timestamptz not null, day date not null)`,
  )
  await database.db.execute(
    sql`insert into kept.letters (id, at, day) select n, now() - interval '30 days', now() from generate_series(1, 5) n`,
  )

  const removedMeanwhile = await database.db.transaction(async (tx) => {
    await tx.execute(sql`select from kept.letters where id = 3 for update`)
    return removeDue(database.db, weekly)
  })

  expect(removedMeanwhile).toBe(4)
  expect(await removeDue(database.db, weekly)).toBe(1)
  await database.close()
  await engine.close()
})

async function lastRun(metrics: Registry, table: string): Promise<number> {
  const text = await metrics.metrics()
  const [, value] = new RegExp(`retention_last_run_timestamp_seconds\\{table="${table}"\\} (\\S+)`).exec(text) ?? []
  return Number(value)
}

function byNumber(a: number, b: number): number {
  return a - b
}
