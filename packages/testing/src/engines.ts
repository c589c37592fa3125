import { randomBytes } from 'node:crypto'
import { startEmbedded } from '@concord/database/embedded'
import { migrate } from '@concord/database/migrate'
import { inject } from 'vitest'
import { testDatabase, type Migrations } from './database.ts'
import { virtualHostPrefix } from './leftovers.ts'
import { managementRequest } from './probe.ts'

/** What a suite runs on. An absent Redis or RabbitMQ means: take the in-process adapter. */
export type Engine = {
  name: 'embedded' | 'real'
  databaseUrl: string
  redisUrl: string | undefined
  redisPrefix: string
  rabbitMqUrl: string | undefined
  close(): Promise<void>
}

type EngineOptions = { migrations: readonly Migrations[] }

/**
 * Both ways Concord can run, for `describe.each(engines)('on the $name adapters', ({ open }) => …)`. Each `open` gives
 * a database of its own, a virtual host of its own and a key prefix of its own; `close` removes them.
 */
export const engines = [
  { name: 'embedded', open: openEmbedded },
  { name: 'real', open: openReal },
] as const

async function openEmbedded({ migrations }: EngineOptions): Promise<Engine> {
  const { url, stop } = await startEmbedded({ dataDir: undefined })
  try {
    for (const migration of migrations) await migrate({ url, ...migration })
  } catch (error) {
    await stop()
    throw error
  }
  return {
    name: 'embedded',
    databaseUrl: url,
    redisUrl: undefined,
    redisPrefix: '',
    rabbitMqUrl: undefined,
    close: stop,
  }
}

async function openReal({ migrations }: EngineOptions): Promise<Engine> {
  const servers = inject('servers')
  const [database, virtualHost] = await Promise.all([testDatabase({ migrations }), createVirtualHost()])
  return {
    name: 'real',
    databaseUrl: database.url,
    redisUrl: servers.redisUrl,
    redisPrefix: `${virtualHost.name}:`,
    rabbitMqUrl: virtualHost.url,
    async close() {
      await Promise.all([database.close(), virtualHost.remove()])
    },
  }
}

async function createVirtualHost(): Promise<{ name: string; url: string; remove(): Promise<void> }> {
  const { rabbitMqUrl, rabbitMqManagementUrl, run } = inject('servers')
  const name = `${virtualHostPrefix(run)}${randomBytes(4).toString('hex')}`
  const url = new URL(rabbitMqUrl)
  url.pathname = `/${name}`
  await managementRequest(rabbitMqManagementUrl, 'PUT', `/api/vhosts/${name}`)
  const remove = async (): Promise<void> => {
    await managementRequest(rabbitMqManagementUrl, 'DELETE', `/api/vhosts/${name}`)
  }
  return { name, url: url.href, remove }
}
