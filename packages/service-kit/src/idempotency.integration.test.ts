import { openDatabase } from '@concord/database/database'
import type { Database } from '@concord/database/database'
import { engines } from '@concord/testing/engines'
import type { Engine } from '@concord/testing/engines'
import { sql } from '@concord/database/sql'
import { pgSchema } from '@concord/database/tables'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerOnce, idempotencyRetention, idempotencyTable } from './idempotency.ts'
import { removeDue } from './retention.ts'

const table = idempotencyTable(pgSchema('idem'))
const createTable = sql`
  create table idem.idempotency_keys (scope text, key text, request_hash text not null, status int not null, response jsonb,
    created_at timestamptz not null default now(), primary key (scope, key))`

describe.each(engines)('idempotency keys on the $name database', ({ open }) => {
  let engine: Engine
  let database: Database
  beforeAll(async () => {
    engine = await open({ migrations: [] })
    database = openDatabase({ url: engine.databaseUrl, applicationName: 'test' })
    await database.db.execute(sql`create schema idem`)
    await database.db.execute(createTable)
  })
  afterAll(async () => {
    await database.close()
    await engine.close()
  })

  let effects = 0
  const answer = (o: { scope?: string; key: string; body?: unknown; secret?: boolean }) =>
    database.db.transaction((tx) =>
      answerOnce(tx, table, { scope: 'user|route', body: { a: 1, b: 2 }, ...o }, async () => {
        effects += 1
        return { status: 201, body: { made: effects } }
      }),
    )

  test('a repeat gets the first answer, also with the members in another order', async () => {
    const first = await answer({ key: 'k1' })
    const repeat = await answer({ key: 'k1', body: { b: 2, a: 1 } })

    expect(repeat).toEqual({ ...first, replayed: true })
  })

  test('another body is a conflict, another tenant another key', async () => {
    await answer({ key: 'k2' })

    await expect(answer({ key: 'k2', body: { a: 2 } })).rejects.toMatchObject({ code: 'conflict' })
    expect(await answer({ key: 'k2', scope: 'stranger|route', body: { a: 2 } })).toMatchObject({ replayed: false })
  })

  test('of a body with a secret nothing is kept that a guess could be tried on', async () => {
    await answer({ key: 'with-password', body: { password: 'one' }, secret: true })
    await answer({ key: 'with-another', body: { password: 'two' }, secret: true })
    const { rows } = await database.db.execute(
      sql`select count(distinct request_hash)::int as hashes from idem.idempotency_keys where key like 'with-%'`,
    )

    expect(rows).toEqual([{ hashes: 1 }])
    await expect(answer({ key: 'with-password', secret: true })).rejects.toMatchObject({ code: 'conflict' })
  })

  test('of twenty at once one has its effect; the others replay it or are told to come again', async () => {
    const before = effects
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => answer({ key: 'k3' })))
    const refused = outcomes.filter(({ status }) => status === 'rejected')

    expect(effects - before).toBe(1)
    for (const outcome of refused)
      expect(outcome).toMatchObject({ reason: { code: 'conflict', headers: { 'retry-after': '1' } } })
  })

  test('an answer with a secret is not kept', async () => {
    await answer({ key: 'k4', secret: true })

    await expect(answer({ key: 'k4', secret: true })).rejects.toMatchObject({ code: 'conflict' })
    const rows = await database.db.execute(sql`select response from idem.idempotency_keys where key = 'k4'`)
    expect(rows.rows).toEqual([{ response: null }])
  })

  test('a failed effect leaves the key free', async () => {
    const failing = database.db.transaction((tx) =>
      answerOnce(tx, table, { scope: 's', key: 'k5', body: {} }, () => Promise.reject(new Error('no'))),
    )
    await expect(failing).rejects.toThrow('no')

    expect(await answer({ scope: 's', key: 'k5' })).toMatchObject({ replayed: false })
  })

  test('a key is kept for a day, and then makes a new request', async () => {
    await answer({ key: 'k6' })
    await answer({ key: 'k7' })
    await database.db.execute(
      sql`update idem.idempotency_keys set created_at = now() - interval '25 hours' where key = 'k6'`,
    )

    expect(await removeDue(database.db, idempotencyRetention(table))).toBe(1)
    expect(await answer({ key: 'k6' })).toMatchObject({ replayed: false })
    expect(await answer({ key: 'k7' })).toMatchObject({ replayed: true })
  })
})
