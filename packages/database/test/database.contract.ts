import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { DrizzleQueryError, eq, inArray, lt, sql } from '../src/sql.ts'
import { integer, pgSchema, text } from '../src/tables.ts'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../src/database.ts'
import type { Database, Db } from '../src/database.ts'
import { lockUntilEnd, tryLockUntilEnd } from '../src/lock.ts'
import { migrate } from '../src/migrate.ts'
import { migrationState } from '../src/migration-state.ts'
import { startProxy } from './proxy.ts'

const schema = pgSchema('shop')
const jobs = schema.table('jobs', { id: integer().primaryKey(), taker: text() })
const counts = schema.table('counts', { name: text().primaryKey(), used: integer().notNull() })

export type Opened = { url: string; close(): Promise<void> }

/** What every engine promises to the services, whatever is under it. `open` gives an empty database. */
export function describeDatabase(name: string, open: () => Promise<Opened>): void {
  describe(`a database on ${name}`, () => {
    let opened: Opened
    let first: Database
    let second: Database

    beforeAll(async () => {
      opened = await open()
      first = openDatabase({ url: opened.url, applicationName: 'first', poolMax: 5 })
      second = openDatabase({ url: opened.url, applicationName: 'second', poolMax: 5 })
      await first.db.execute(sql`create schema shop`)
      await first.db.execute(sql`create table shop.jobs (id integer primary key, taker text)`)
      await first.db.execute(sql`create table shop.counts (name text primary key, used integer not null)`)
    })

    afterAll(async () => {
      await Promise.all([first.close(), second.close()])
      await opened.close()
    })

    const either = (index: number): Db => (index % 2 === 0 ? first.db : second.db)

    test('keeps what was committed and nothing that was rolled back', async () => {
      await first.db.transaction((tx) => tx.insert(counts).values({ name: 'kept', used: 1 }))
      const failing = first.db.transaction(async (tx) => {
        await tx.insert(counts).values({ name: 'dropped', used: 1 })
        throw new Error('changed my mind')
      })

      await expect(failing).rejects.toThrow('changed my mind')
      const names = await second.db.select({ name: counts.name }).from(counts)
      expect(names).toEqual([{ name: 'kept' }])
    })

    test('keeps the outer transaction when an inner one is rolled back', async () => {
      await first.db.transaction(async (tx) => {
        await tx.insert(counts).values({ name: 'outer', used: 1 })
        await tx.transaction((inner) => inner.insert(counts).values({ name: 'outer', used: 2 })).catch(() => {})
      })

      expect(await usedOf(second.db, 'outer')).toBe(1)
    })

    test('does not call a transaction committed in which a statement failed', async () => {
      const failing = first.db.transaction(async (tx) => {
        await tx.insert(counts).values({ name: 'lost', used: 1 })
        await tx.execute(sql`select 1 / 0`).catch(() => {})
      })

      await expect(failing).rejects.toThrow('rolled back')
      expect(await usedOf(second.db, 'lost')).toBeUndefined()
    })

    test('gives each of many connections the answers to its own statements', async () => {
      const answers = await Promise.all(
        Array.from({ length: 300 }, async (_, index) => {
          if (index % 3 === 0) return ask(either(index), sql`select ${index}::int as answer`)
          if (index % 3 === 1) return ask(either(index), sql`select ${String(index)}::text as answer, 1 as more`)
          return either(index).transaction(async (tx) => {
            await tx.execute(sql`select ${'x'.repeat(100_000)}::text as padding`)
            return ask(tx, sql`select ${index}::bigint + ${0}::int as answer`)
          })
        }),
      )

      expect(answers.map(Number)).toEqual(answers.map((_, index) => index))
    })

    test('shows no reader half a transaction', async () => {
      await first.db.insert(counts).values([
        { name: 'left', used: 50 },
        { name: 'right', used: 50 },
      ])
      const move = (): Promise<void> =>
        first.db.transaction(async (tx) => {
          await tx
            .update(counts)
            .set({ used: sql`used - 1` })
            .where(eq(counts.name, 'left'))
          await tx
            .update(counts)
            .set({ used: sql`used + 1` })
            .where(eq(counts.name, 'right'))
        })
      const total = (): Promise<unknown> =>
        ask(second.db, sql`select sum(used) as answer from shop.counts where name in ('left', 'right')`)

      const [totals] = await Promise.all([
        Promise.all(Array.from({ length: 30 }, total)),
        Promise.all(Array.from({ length: 30 }, move)),
      ])

      expect(new Set(totals)).toEqual(new Set(['100']))
      expect(await usedOf(second.db, 'left')).toBe(20)
    })

    test('lets one of two pools at a time count, so that a limit of 10 is passed exactly 10 times', async () => {
      const claims = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          either(index).transaction((tx) =>
            tx
              .insert(counts)
              .values({ name: 'day', used: 1 })
              .onConflictDoUpdate({
                target: counts.name,
                set: { used: sql`shop.counts.used + 1` },
                setWhere: lt(counts.used, 10),
              })
              .returning(),
          ),
        ),
      )

      expect(claims.filter((rows) => rows.length === 1)).toHaveLength(10)
      expect(await usedOf(first.db, 'day')).toBe(10)
    })

    test('gives each row to one taker by skip locked', async () => {
      await first.db.insert(jobs).values(Array.from({ length: 40 }, (_, id) => ({ id })))
      const takeSome = (db: Db, taker: string): Promise<number[]> =>
        db.transaction(async (tx) => {
          const free = await tx
            .select({ id: jobs.id })
            .from(jobs)
            .where(sql`taker is null`)
            .limit(3)
            .for('update', { skipLocked: true })
          const ids = free.map(({ id }) => id)
          if (ids.length > 0) await tx.update(jobs).set({ taker }).where(inArray(jobs.id, ids))
          return ids
        })
      const takeAll = async (index: number): Promise<number[]> => {
        const taken: number[] = []
        for (
          let ids = await takeSome(either(index), `t${index}`);
          ids.length > 0;
          ids = await takeSome(either(index), `t${index}`)
        )
          taken.push(...ids)
        return taken
      }

      const taken = (await Promise.all([0, 1, 2, 3].map(takeAll))).flat()

      expect(taken.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, id) => id))
    })

    test('lets one transaction at a time hold a lock of the same name', async () => {
      await first.db.insert(counts).values({ name: 'guarded', used: 0 })
      const addOne = (index: number): Promise<void> =>
        either(index).transaction(async (tx) => {
          await lockUntilEnd(tx, 'guarded')
          const used = await usedOf(tx, 'guarded')
          await tx
            .update(counts)
            .set({ used: (used ?? 0) + 1 })
            .where(eq(counts.name, 'guarded'))
        })

      await Promise.all(Array.from({ length: 20 }, (_, index) => addOne(index)))

      expect(await usedOf(first.db, 'guarded')).toBe(20)
      expect(await first.db.transaction((tx) => tryLockUntilEnd(tx, 'guarded'))).toBe(true)
    })

    test('rolls back what a connection that goes away had begun, and serves the others', async () => {
      const client = new Client({ connectionString: opened.url })
      client.on('error', () => {})
      await client.connect()
      await client.query('begin')
      await client.query(`insert into shop.counts values ('abandoned', 1)`)
      await client.end()

      // Waits for the lock of the abandoned row, or for the engine.
      await second.db.insert(counts).values({ name: 'abandoned', used: 2 })

      expect(await usedOf(first.db, 'abandoned')).toBe(2)
    })

    test('recovers from a server that falls silent inside a transaction, without losing connections', async () => {
      const proxy = await startProxy(opened.url)
      const through = openDatabase({ url: proxy.url, applicationName: 'through', poolMax: 1, statementTimeoutMs: 200 })
      await through.ping()
      const cut = through.db.transaction(async (tx) => {
        proxy.hold()
        await tx.execute(sql`select 1`)
      })

      await expect(cut).rejects.toThrow('Failed query')
      proxy.release()
      await expect(through.db.transaction((tx) => ask(tx, sql`select 7 as answer`))).resolves.toBe(7)

      await through.close()
      await proxy.close()
    })

    test('names the broken constraint without the values', async () => {
      const secret = 'marie@example.org'
      await first.db.insert(counts).values({ name: secret, used: 1 })

      const error: unknown = await second.db
        .insert(counts)
        .values({ name: secret, used: 1 })
        .catch((reason) => reason)

      expect(error).toBeInstanceOf(DrizzleQueryError)
      expect(error).toMatchObject({ cause: { code: '23505', constraint: 'counts_pkey' } })
      expect(inspect(error, { depth: 10 })).not.toContain(secret)
    })

    test('applies migrations once when four processes start together, and the next ones after them', async () => {
      const folder = await migrationFolder(['create schema lib; create table lib.books (id integer)'])
      const run = (): Promise<void> => migrate({ url: opened.url, service: 'lib', folder })

      await Promise.all([run(), run(), run(), run()])
      await writeMigrations(folder, [
        'create schema lib; create table lib.books (id integer)',
        'insert into lib.books values (1)',
      ])
      await Promise.all([run(), run()])

      expect(await ask(first.db, sql`select count(*)::int as answer from lib.books`)).toBe(1)
      expect(await ask(first.db, sql`select count(*)::int as answer from migrations.lib`)).toBe(2)
      await rm(folder, { recursive: true })
    })

    test('tells what is applied, pending, and newer than the program', async () => {
      const [old, recent] = [['create schema told'], ['create schema told', 'create table told.books (id integer)']]
      const [older, newer] = [await migrationFolder(old), await migrationFolder(recent)]
      const state = (folder: string) => migrationState(first.db, { service: 'told', folder })

      expect(await state(newer)).toEqual({ service: 'told', applied: 0, pending: 2, ahead: false })
      await migrate({ url: opened.url, service: 'told', folder: older })
      expect(await state(newer)).toEqual({ service: 'told', applied: 1, pending: 1, ahead: false })
      await migrate({ url: opened.url, service: 'told', folder: newer })
      expect(await state(newer)).toEqual({ service: 'told', applied: 2, pending: 0, ahead: false })
      expect(await state(older)).toEqual({ service: 'told', applied: 2, pending: 0, ahead: true })
    })

    test('leaves nothing of a migration that fails', async () => {
      const folder = await migrationFolder(['create schema half; create table half.done (id integer); select 1 / 0'])

      await expect(migrate({ url: opened.url, service: 'half', folder })).rejects.toThrow('Failed query')

      expect(await ask(first.db, sql`select to_regclass('half.done') as answer`)).toBeNull()
      await rm(folder, { recursive: true })
    })
  })
}

async function ask(db: Db, query: ReturnType<typeof sql>): Promise<unknown> {
  const { rows } = await db.execute<{ answer: unknown }>(query)
  return rows[0]?.answer
}

async function usedOf(db: Db, name: string): Promise<number | undefined> {
  const [row] = await db.select().from(counts).where(eq(counts.name, name))
  return row?.used
}

async function migrationFolder(statements: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'concord-migrations-'))
  await mkdir(join(folder, 'meta'))
  await writeMigrations(folder, statements)
  return folder
}

/** As drizzle-kit writes them. */
async function writeMigrations(folder: string, statements: readonly string[]): Promise<void> {
  const entries = statements.map((_, idx) => ({
    idx,
    version: '7',
    when: idx + 1,
    tag: `000${idx}_step`,
    breakpoints: true,
  }))
  await writeFile(
    join(folder, 'meta', '_journal.json'),
    JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
  )
  await Promise.all(statements.map((statement, idx) => writeFile(join(folder, `000${idx}_step.sql`), statement)))
}
