import { randomBytes } from 'node:crypto'
import { managementRequest } from '@concord/testing/probe'
import { resolveServers } from '@concord/testing/servers'
import pg from 'pg'

export type RealServers = { open(): Promise<Ground>; stop(): Promise<void> }

/** A database and a virtual host of one mesh's own, as settings. */
export type Ground = {
  settings: { DATABASE_URL: string; REDIS_URL: string; RABBITMQ_URL: string }
  close(): Promise<void>
}

/** PostgreSQL, Redis and RabbitMQ, found or started in the same ways as for the tests. */
export async function findRealServers(say: (line: string) => void): Promise<RealServers> {
  const { urls, stop } = await resolveServers(process.env, say)
  const opened: Ground[] = []
  return {
    async open() {
      const name = `concord_bench_${randomBytes(4).toString('hex')}`
      await asSuperuser(urls.databaseUrl, `create database ${name}`)
      await managementRequest(urls.rabbitMqManagementUrl, 'PUT', `/api/vhosts/${name}`)
      const ground: Ground = {
        settings: {
          DATABASE_URL: withPath(urls.databaseUrl, name),
          // A number of its own keeps a mesh's keys apart from those of others; they expire by themselves.
          REDIS_URL: withPath(urls.redisUrl, String(1 + ((randomBytes(1)[0] ?? 0) % 15))),
          RABBITMQ_URL: withPath(urls.rabbitMqUrl, name),
        },
        async close() {
          await asSuperuser(urls.databaseUrl, `drop database if exists ${name} with (force)`)
          await managementRequest(urls.rabbitMqManagementUrl, 'DELETE', `/api/vhosts/${name}`)
        },
      }
      opened.push(ground)
      return ground
    },
    async stop() {
      await Promise.allSettled(opened.map((ground) => ground.close()))
      await stop()
    },
  }
}

async function asSuperuser(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

function withPath(address: string, path: string): string {
  const url = new URL(address)
  url.pathname = `/${path}`
  return url.href
}
