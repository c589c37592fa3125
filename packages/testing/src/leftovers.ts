import pg from 'pg'
import { managementRequest } from './probe.ts'
import type { ServerUrls } from './servers.ts'

/** Names of what a run creates on servers that it may share with others. */
export function databasePrefix(run: string): string {
  return `concord_test_${run}_`
}

export function virtualHostPrefix(run: string): string {
  return `concord-test-${run}-`
}

/** Removes the databases and virtual hosts of one run. Redis keys expire by themselves. */
export async function removeLeftovers(urls: ServerUrls): Promise<void> {
  await Promise.allSettled([dropDatabases(urls), dropVirtualHosts(urls)])
}

async function dropDatabases({ databaseUrl, run }: ServerUrls): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [databasePrefix(run)],
    )
    for (const { datname } of rows)
      await client.query(`drop database if exists ${pg.escapeIdentifier(datname)} with (force)`)
  } finally {
    await client.end()
  }
}

async function dropVirtualHosts({ rabbitMqManagementUrl, run }: ServerUrls): Promise<void> {
  const response = await managementRequest(rabbitMqManagementUrl, 'GET', '/api/vhosts')
  const hosts: unknown = await response.json()
  if (!Array.isArray(hosts)) return
  for (const host of hosts) {
    const name: unknown = host?.name
    if (typeof name === 'string' && name.startsWith(virtualHostPrefix(run))) {
      await managementRequest(rabbitMqManagementUrl, 'DELETE', `/api/vhosts/${encodeURIComponent(name)}`)
    }
  }
}
