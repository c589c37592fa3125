import { PGlite } from '@electric-sql/pglite'
import { expect, test } from 'vitest'
import { vacuumWorn } from './embedded-housekeeping.ts'

test('gives back the room of rows that are gone', async () => {
  const pglite = await PGlite.create()
  const pages = async (): Promise<unknown> =>
    (await pglite.query<{ size: number }>(`select pg_relation_size('queue')::int as size`)).rows[0]?.size
  await pglite.exec('create table queue (id integer, body text)')
  const workDay = async (): Promise<void> => {
    await pglite.exec(`insert into queue select n, repeat('x', 500) from generate_series(1, 1000) n`)
    await pglite.exec('delete from queue')
    await vacuumWorn(pglite)
  }

  await workDay()
  const after = await pages()
  for (let day = 0; day < 3; day++) await workDay()

  expect(await pages()).toBe(after)
  await pglite.close()
})
