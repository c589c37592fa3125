import { findNginx } from './nginx.ts'
import { findPostgres, startPrivatePostgres } from './private-postgres.ts'
import { findRabbitMq, startPrivateRabbitMq } from './private-rabbitmq.ts'
import type { PrivateRabbitMq } from './private-rabbitmq.ts'
import { findRedis, startPrivateRedis } from './private-redis.ts'
import { endWithThisProcess } from './private-server.ts'
import type { PrivateServer } from './private-server.ts'
import { canInstallDebianPackages, installDebianPackages } from './debian-packages.ts'
import { MissingServersError } from './servers.ts'
import type { Say } from './servers.ts'

export type PrivateServers = {
  postgres: PrivateServer
  redis: PrivateServer
  rabbitMq: PrivateRabbitMq
  stop(): Promise<void>
}

/**
 * PostgreSQL, Redis and RabbitMQ of the caller's own, which may be killed and started again: always from binaries, since a
 * server that was given by URL or shared with others is not there to be killed. Debian's packages are installed where they are
 * missing and may be; else rejects with a MissingServersError.
 */
export async function startPrivateServers(say: Say): Promise<PrivateServers> {
  const { postgres: postgresFolder, redis: redisFile, rabbitMq: rabbitMqFile } = await findBinaries(say)
  const started = await Promise.allSettled([
    startPrivatePostgres(postgresFolder, { survivesKill: true }),
    startPrivateRedis(redisFile),
    startPrivateRabbitMq(rabbitMqFile),
  ] as const)
  const stop = async (): Promise<void> => {
    const running = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    await Promise.all(running.map((server) => server.stop()))
  }
  const [postgres, redis, rabbitMq] = started
  if (postgres.status === 'fulfilled' && redis.status === 'fulfilled' && rabbitMq.status === 'fulfilled') {
    endWithThisProcess([postgres.value.folder, redis.value.folder, rabbitMq.value.folder])
    return { postgres: postgres.value, redis: redis.value, rabbitMq: rabbitMq.value, stop }
  }
  await stop()
  throw started.find((one) => one.status === 'rejected')?.reason
}

type Binaries = { postgres: string; redis: string; rabbitMq: string }

async function findBinaries(say: Say): Promise<Binaries> {
  const wanted = (): [name: string, debian: string, found: string | undefined][] => [
    ['PostgreSQL', 'postgresql', findPostgres()],
    ['Redis', 'redis-server', findRedis()],
    ['RabbitMQ', 'rabbitmq-server', findRabbitMq()],
    ['NGINX', 'nginx', findNginx(process.env)],
  ]
  const missing = () => wanted().filter(([, , found]) => found === undefined)
  if (missing().length > 0 && canInstallDebianPackages())
    await installDebianPackages(
      missing().map(([, debian]) => debian),
      say,
    )
  const lines = missing().map(([name, debian]) => `  ${name}: install it (Debian: ${debian})`)
  if (lines.length > 0)
    throw new MissingServersError(
      `Servers that may be killed are started from binaries, and these were not found:\n${lines.join('\n')}`,
    )
  const [[, , postgres = ''] = [], [, , redis = ''] = [], [, , rabbitMq = ''] = []] = wanted()
  return { postgres, redis, rabbitMq }
}
