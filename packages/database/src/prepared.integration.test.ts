import { engines } from '@concord/testing/engines'
import type { Engine } from '@concord/testing/engines'
import { asc, eq, sql } from './sql.ts'
import { integer, jsonb, pgTable, text, timestamp } from './tables.ts'
import type { PgInsertValue } from './tables.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openDatabase } from './database.ts'
import type { Database, Db } from './database.ts'
import { placeholders, prepared, preparedByShape, preparedSql } from './prepared.ts'

const notes = pgTable('notes', {
  id: integer().primaryKey(),
  at: timestamp({ withTimezone: true }),
  tags: jsonb(),
  said: text(),
})
type Note = typeof notes.$inferInsert
const at = new Date('2026-01-02T03:04:05Z')

describe.each(engines)('statements put together once, on the $name engine', ({ open }) => {
  let engine: Engine
  let database: Database
  let db: Db

  beforeAll(async () => {
    engine = await open({ migrations: [] })
    database = openDatabase({ url: engine.databaseUrl, applicationName: 'test' })
    db = database.db
    await db.execute(sql`create table notes (id int primary key, at timestamptz, tags jsonb, said text)`)
  })
  beforeEach(async () => {
    await db.delete(notes)
  })
  afterAll(async () => {
    await database?.close()
    await engine?.close()
  })

  test('are built at their first use, and run on any handle with the values of that use', async () => {
    const byId = (handle: Db) =>
      handle
        .select()
        .from(notes)
        .where(eq(notes.id, sql.placeholder('id')))
    const build = vi.fn<typeof byId>(byId)
    const find = prepared(build)
    await db.insert(notes).values([{ id: 1, at, tags: ['a'], said: 'one' }, { id: 2 }])

    expect(await find(db, { id: 1 })).toEqual([{ id: 1, at, tags: ['a'], said: 'one' }])
    expect(await db.transaction((tx) => find(tx, { id: 2 }))).toEqual([{ id: 2, at: null, tags: null, said: null }])
    expect(build).toHaveBeenCalledOnce()
  })

  test('belong to the transaction that runs them', async () => {
    const add = prepared((handle) => handle.insert(notes).values({ id: sql.placeholder('id') }))

    const undone = db.transaction(async (tx) => {
      await add(tx, { id: 3 })
      throw new Error('no')
    })

    await expect(undone).rejects.toThrow('no')
    expect(await db.select().from(notes)).toEqual([])
  })

  test('may be plain SQL, whose rows come as they are', async () => {
    const double = preparedSql<{ twice: number }>(sql`select ${sql.placeholder('n')}::int * 2 as twice`)

    expect((await double(db, { n: 4 })).rows).toEqual([{ twice: 8 }])
    expect((await double(db, { n: 5 })).rows).toEqual([{ twice: 10 }])
  })

  test('of several shapes tell values, nulls and absent columns apart, also beyond those that are kept', async () => {
    const insertion = preparedByShape(
      (handle, rows: PgInsertValue<typeof notes>[]) => handle.insert(notes).values(rows),
      { most: 1 },
    )
    const add = async (...rows: Note[]) => {
      const values = {}
      const shape = rows.map((row, index) => placeholders(row, `${index}`, values))
      await insertion(db, JSON.stringify(shape), shape, values)
    }

    await add({ id: 1, at, tags: { a: [1] }, said: null })
    await add({ id: 2, at: null, tags: null }, { id: 3, at, tags: 'x', said: 'y' })
    await add({ id: 4, at, tags: { a: [2] }, said: null })

    expect(await db.select().from(notes).orderBy(asc(notes.id))).toEqual([
      { id: 1, at, tags: { a: [1] }, said: null },
      { id: 2, at: null, tags: null, said: null },
      { id: 3, at, tags: 'x', said: 'y' },
      { id: 4, at, tags: { a: [2] }, said: null },
    ])
    const { rows } = await db.execute(sql`select id from notes where tags is null`)
    expect(rows).toEqual([{ id: 2 }])
  })

  test('say nothing of their values when they fail', async () => {
    const add = prepared((handle) =>
      handle.insert(notes).values({ id: sql.placeholder('id'), said: sql.placeholder('said') }),
    )
    await add(db, { id: 1, said: 'first' })

    const error: unknown = await add(db, { id: 1, said: 'a secret' }).catch((cause: unknown) => cause)

    expect(String(error) + JSON.stringify(error)).not.toContain('a secret')
  })
})
