import { Redis } from 'ioredis'
import pg from 'pg'

const timeoutMs = 5_000

/** The server's version, for example `15.18`. Rejects when the server does not answer in five seconds. */
export async function postgresVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs })
  try {
    await client.connect()
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    return rows[0]?.server_version.split(' ')[0] ?? 'of unknown version'
  } finally {
    await client.end().catch(() => {})
  }
}

export async function redisVersion(url: string): Promise<string> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    retryStrategy: () => null,
  })
  // Without a listener the client prints each failure; the rejected call below tells it once.
  redis.on('error', () => {})
  try {
    await redis.connect()
    const info = await redis.info('server')
    return /redis_version:(\S+)/.exec(info)?.[1] ?? 'of unknown version'
  } finally {
    redis.disconnect()
  }
}

/** `managementUrl` carries the user and the password, as in `http://user:password@127.0.0.1:15672`. */
export async function rabbitMqVersion(managementUrl: string): Promise<string> {
  const response = await managementRequest(managementUrl, 'GET', '/api/overview')
  const overview: unknown = await response.json()
  if (typeof overview === 'object' && overview !== null && 'rabbitmq_version' in overview)
    return String(overview.rabbitmq_version)
  return 'of unknown version'
}

/** One call of RabbitMQ's management API. Rejects on any status but 2xx. */
export async function managementRequest(managementUrl: string, method: string, path: string): Promise<Response> {
  const url = new URL(managementUrl)
  const credentials = Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString(
    'base64',
  )
  const response = await fetch(new URL(path, url.origin), {
    method,
    headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (!response.ok) throw new Error(`RabbitMQ's management API answered ${response.status} to ${method} ${path}`)
  return response
}

/** Where the management API listens by default: the broker's host, port 15672, the same user. */
export function managementUrlOf(rabbitMqUrl: string): string {
  const { protocol, username, password, hostname } = new URL(rabbitMqUrl)
  return `${protocol === 'amqps:' ? 'https' : 'http'}://${username}:${password}@${hostname}:15672`
}
