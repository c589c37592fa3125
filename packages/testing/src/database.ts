import { createHash, randomBytes } from 'node:crypto'
import { migrate } from '@concord/database/migrate'
import pg from 'pg'
import { inject } from 'vitest'
import { databasePrefix } from './leftovers.ts'

export type Migrations = { service: string; folder: string }
export type TestDatabase = { url: string; close(): Promise<void> }

/**
 * A PostgreSQL database of the caller's own, with these migrations applied. The migrations run once for each different
 * set; every further database is a copy, which takes some milliseconds. For files named `*.integration.test.ts`.
 */
export async function testDatabase({ migrations }: { migrations: readonly Migrations[] }): Promise<TestDatabase> {
  const { databaseUrl, run } = inject('servers')
  const template = `${databasePrefix(run)}t_${createHash('sha256').update(JSON.stringify(migrations)).digest('hex').slice(0, 12)}`
  const name = `${databasePrefix(run)}${randomBytes(6).toString('hex')}`
  await withClient(databaseUrl, async (client) => {
    await createTemplate(client, databaseUrl, { template, migrations })
    await client.query(`create database ${pg.escapeIdentifier(name)} template ${pg.escapeIdentifier(template)}`)
  })
  const close = (): Promise<void> =>
    withClient(databaseUrl, async (client) => {
      await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`)
    })
  return { url: urlOf(databaseUrl, name), close }
}

/** Test files run in parallel processes: the first to hold the lock makes the template, the others wait and find it. */
async function createTemplate(
  client: pg.Client,
  databaseUrl: string,
  { template, migrations }: { template: string; migrations: readonly Migrations[] },
): Promise<void> {
  await client.query('select pg_advisory_lock(hashtext($1))', [template])
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template])
    if (rowCount) return
    const draft = `${template}_draft`
    await client.query(`drop database if exists ${pg.escapeIdentifier(draft)} with (force)`)
    await client.query(`create database ${pg.escapeIdentifier(draft)} template template0`)
    for (const migration of migrations) await migrate({ url: urlOf(databaseUrl, draft), ...migration })
    // Under its final name only when complete: a run that dies in between leaves no half-made template.
    await client.query(`alter database ${pg.escapeIdentifier(draft)} rename to ${pg.escapeIdentifier(template)}`)
  } finally {
    await client.query('select pg_advisory_unlock(hashtext($1))', [template])
  }
}

async function withClient(databaseUrl: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

function urlOf(databaseUrl: string, name: string): string {
  const url = new URL(databaseUrl)
  url.pathname = `/${name}`
  return url.href
}
