import { Redis } from 'ioredis'
import pg from 'pg'
import { describe, expect, inject, test } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { testDatabase } from './database.ts'
import { engines } from './engines.ts'
import { nginxPath, nginxVersion } from './nginx.ts'
import { managementRequest, postgresVersion, rabbitMqVersion, redisVersion } from './probe.ts'

describe('the servers of a test run', () => {
  test('answer at the URLs that tests are given', async () => {
    const { databaseUrl, redisUrl, rabbitMqManagementUrl } = inject('servers')

    const versions = await Promise.all([
      postgresVersion(databaseUrl),
      redisVersion(redisUrl),
      rabbitMqVersion(rabbitMqManagementUrl),
    ])

    for (const version of versions) expect(version).toMatch(/^\d+\.\d+/)
  })

  test('include a browser', () => {
    expect(chromiumPath()).not.toBe('')
  })

  test('include NGINX', async () => {
    expect(await nginxVersion(nginxPath())).toMatch(/^\d+\.\d+/)
  })
})

describe('a test database', () => {
  test('is not shared with the next one', async () => {
    const [first, second] = await Promise.all([testDatabase({ migrations: [] }), testDatabase({ migrations: [] })])

    await query(first.url, 'create table only_here (id int)')

    await expect(query(second.url, 'select * from only_here')).rejects.toThrow('does not exist')
    await Promise.all([first.close(), second.close()])
  })

  test('is gone when it was closed', async () => {
    const database = await testDatabase({ migrations: [] })

    await database.close()

    await expect(query(database.url, 'select 1')).rejects.toThrow('does not exist')
  })
})

describe.each(engines)('the $name engine', ({ open, name }) => {
  test('answers queries', async () => {
    const engine = await open({ migrations: [] })

    expect(await query(engine.databaseUrl, 'select 1 + 1 as two')).toEqual([{ two: 2 }])
    expect(engine.name).toBe(name)
    await engine.close()
  })
})

test('the real engine has a virtual host that its user may use, and removes it', async () => {
  const { rabbitMqManagementUrl, redisUrl } = inject('servers')
  const engine = await engines[1].open({ migrations: [] })
  const path = `/api/vhosts${new URL(engine.rabbitMqUrl ?? '').pathname}`

  const permissions = await managementRequest(rabbitMqManagementUrl, 'GET', `${path}/permissions`)
  await engine.close()

  expect(await permissions.json()).toMatchObject([{ configure: '.*', write: '.*', read: '.*' }])
  await expect(managementRequest(rabbitMqManagementUrl, 'GET', path)).rejects.toThrow('404')
  const redis = new Redis(redisUrl)
  expect(await redis.keys(`${engine.redisPrefix}*`)).toEqual([])
  await redis.quit()
})

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}
