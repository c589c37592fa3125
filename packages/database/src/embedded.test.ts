import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from './sql.ts'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { describeDatabase } from '../test/database.contract.ts'
import { openDatabase } from './database.ts'
import { startEmbedded } from './embedded.ts'

describeDatabase('the embedded engine', async () => {
  const engine = await startEmbedded({ dataDir: undefined })
  return { url: engine.url, close: () => engine.stop() }
})

describe('the embedded engine on a folder', () => {
  let dataDir: string

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'concord-embedded-'))
  })

  afterEach(() => rm(dataDir, { recursive: true, force: true }))

  const holder = async (): Promise<number> => Number(JSON.parse(await readFile(join(dataDir, 'lock'), 'utf8')).pid)

  test('keeps every row that was acknowledged when its process is killed, five times over', async () => {
    const acknowledged: number[] = []
    for (let round = 0; round < 5; round++) {
      const exit = Promise.withResolvers<number | null>()
      const engine = await startEmbedded({ dataDir, onExit: exit.resolve })
      const database = openDatabase({ url: engine.url, applicationName: 'test' })
      await database.db.execute(sql`create table if not exists public.rows (id integer primary key)`)
      const writing = Array.from({ length: 200 }, async (_, index) => {
        const id = round * 200 + index
        await database.db.execute(sql`insert into public.rows values (${id})`)
        acknowledged.push(id)
        if (index === 50 + round * 20) process.kill(await holder(), 'SIGKILL')
      })
      await Promise.allSettled(writing)

      expect(await exit.promise).toBeNull()
      await database.close()
    }

    const engine = await startEmbedded({ dataDir })
    const database = openDatabase({ url: engine.url, applicationName: 'test' })
    const { rows } = await database.db.execute<{ id: number }>(sql`select id from public.rows`)
    const kept = new Set(rows.map(({ id }) => id))
    expect(acknowledged.length).toBeGreaterThan(250)
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([])
    await database.close()
    await engine.stop()
  })

  test('refuses a second holder and names the folder, and lets the next one in after the first', async () => {
    const engine = await startEmbedded({ dataDir })

    await expect(startEmbedded({ dataDir })).rejects.toThrow(dataDir)
    await engine.stop()
    const next = await startEmbedded({ dataDir })

    await next.stop()
    expect(existsSync(join(dataDir, 'lock'))).toBe(false)
  })

  test('ends with its parent, however that dies, and leaves the folder free', async () => {
    const parent = fork(join(import.meta.dirname, '../test/embedded-parent.ts'), [dataDir], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    await once(parent, 'message')
    const child = await holder()
    parent.kill('SIGKILL')
    await once(parent, 'exit')

    const next = await startEmbedded({ dataDir })

    expect(await holder()).not.toBe(child)
    await next.stop()
  })

  test('begins again when the first creation was cut short', async () => {
    const first = await startEmbedded({ dataDir })
    await first.stop()
    await writeFile(join(dataDir, 'postgres.creating'), '')
    await rm(join(dataDir, 'postgres', 'global'), { recursive: true })

    const again = await startEmbedded({ dataDir })

    expect(existsSync(join(dataDir, 'postgres', 'global'))).toBe(true)
    await again.stop()
  })

  test.each(['PG_VERSION', 'global/pg_control'])('refuses a damaged folder and says what to do (%s)', async (file) => {
    await (await startEmbedded({ dataDir })).stop()
    await writeFile(join(dataDir, 'postgres', file), 'not what it was')

    await expect(startEmbedded({ dataDir })).rejects.toThrow(/postgres cannot be opened: it is damaged.* Put a copy/)
  })

  test('says what is wrong with a folder that is a file', async () => {
    const file = join(dataDir, 'file')
    await writeFile(file, '')

    await expect(startEmbedded({ dataDir: file })).rejects.toThrow(file)
  })
})

describe('the door of the embedded engine', () => {
  let engine: Awaited<ReturnType<typeof startEmbedded>>

  beforeAll(async () => {
    engine = await startEmbedded({ dataDir: undefined })
  })

  afterAll(() => engine.stop())

  test('lets nobody in without the password', async () => {
    const url = new URL(engine.url)
    url.password = 'a'.repeat(url.password.length)
    const client = new Client({ connectionString: url.href })

    await expect(client.connect()).rejects.toThrow('password authentication failed')
  })

  test('lets nobody in who says something else than PostgreSQL', async () => {
    const socket = connect(Number(new URL(engine.url).port), '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\n\r\n')

    const [answer] = await once(socket, 'data')
    expect(String(answer)).toContain('not a message of the PostgreSQL protocol')
    await once(socket, 'close')
  })

  test.each([
    'listen somebody',
    'set search_path = shop',
    'select pg_advisory_lock(1)',
    'create temporary table t (id int)',
    { name: 'named', text: 'select 1', values: [] },
  ])('refuses %j, which would live in the session that all share', async (query) => {
    const client = new Client({ connectionString: engine.url })
    await client.connect()

    await expect(client.query(query)).rejects.toThrow('sessions are shared')
    await expect(client.query('select 1 as one')).resolves.toMatchObject({ rows: [{ one: 1 }] })

    await client.end()
  })

  test('carries messages of many packets both ways', async () => {
    const client = new Client({ connectionString: engine.url })
    await client.connect()
    const text = 'é'.repeat(2_000_000)

    const { rows } = await client.query('select $1::text as text', [text])

    expect(rows[0].text === text).toBe(true)
    await client.end()
  })
})
