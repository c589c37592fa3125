import { canInstallDebianPackages, installDebianPackages } from './debian-packages.ts'
import { findChromium } from './chromium.ts'
import { containerEngine, startContainer } from './containers.ts'
import { findNginx, nginxVersion } from './nginx.ts'
import { findPostgres, startPrivatePostgres } from './private-postgres.ts'
import { findRabbitMq, startPrivateRabbitMq } from './private-rabbitmq.ts'
import { findRedis, startPrivateRedis } from './private-redis.ts'
import { managementUrlOf, postgresVersion, rabbitMqVersion, redisVersion } from './probe.ts'

export type ServerUrls = {
  /** Names this run in everything it creates, so that runs which share servers do not meet. */
  run: string
  databaseUrl: string
  redisUrl: string
  rabbitMqUrl: string
  rabbitMqManagementUrl: string
  chromium: string
}

/** One started (or found) server. `origin` says where it comes from, for the first lines of a test run. */
export type Started = { url: string; managementUrl?: string; origin: string; stop(): Promise<void> }
export type ServerName = 'PostgreSQL' | 'Redis' | 'RabbitMQ'
export type Say = (line: string) => void

/** Servers that could not be had. The message names each and the ways to provide it; it is all a person needs to see. */
export class MissingServersError extends Error {
  override readonly name = 'MissingServersError'
}

export type ResolvedServers = { urls: ServerUrls; stop(): Promise<void> }

/**
 * Finds PostgreSQL, Redis, RabbitMQ, Chromium and NGINX for a test run: by URL or path from the environment, else in
 * containers, else from installed binaries on private ports, else by installing Debian's packages. What was started is stopped
 * again when one of them fails.
 */
export async function resolveServers(env: NodeJS.ProcessEnv, say: Say): Promise<ResolvedServers> {
  const started = new Map<ServerName, Started>()
  const stop = async (): Promise<void> => {
    await Promise.allSettled([...started.values()].map((server) => server.stop()))
  }
  try {
    await takeFromEnvironment(env, started)
    await startInContainers(started, say)
    await startBinaries(started)
    await installMissing(started, say)
    const chromium = findChromium(env)
    const nginx = findNginx(env)
    const postgres = started.get('PostgreSQL')
    const redis = started.get('Redis')
    const rabbitMq = started.get('RabbitMQ')
    if (!postgres || !redis || !rabbitMq?.managementUrl || !chromium || !nginx)
      throw missing(started, { chromium, nginx })
    await describeServers({ postgres, redis, rabbitMq, chromium, nginx }, say)
    const run = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`
    const urls = {
      run,
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      rabbitMqUrl: rabbitMq.url,
      rabbitMqManagementUrl: rabbitMq.managementUrl,
      chromium,
    }
    return { urls, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function takeFromEnvironment(env: NodeJS.ProcessEnv, started: Map<ServerName, Started>): Promise<void> {
  const { DATABASE_URL, REDIS_URL, RABBITMQ_URL, RABBITMQ_MANAGEMENT_URL } = env
  if (DATABASE_URL) {
    await reachable('DATABASE_URL', postgresVersion(DATABASE_URL))
    started.set('PostgreSQL', { url: DATABASE_URL, origin: 'DATABASE_URL', stop: leaveRunning })
  }
  if (REDIS_URL) {
    await reachable('REDIS_URL', redisVersion(REDIS_URL))
    started.set('Redis', { url: REDIS_URL, origin: 'REDIS_URL', stop: leaveRunning })
  }
  if (RABBITMQ_URL) {
    const managementUrl = RABBITMQ_MANAGEMENT_URL || managementUrlOf(RABBITMQ_URL)
    await reachable('RABBITMQ_MANAGEMENT_URL', rabbitMqVersion(managementUrl))
    started.set('RabbitMQ', { url: RABBITMQ_URL, managementUrl, origin: 'RABBITMQ_URL', stop: leaveRunning })
  }
}

async function leaveRunning(): Promise<void> {}

/** A server that was named must be used: falling back to another one would test something else than was asked for. */
async function reachable(variable: string, version: Promise<string>): Promise<void> {
  try {
    await version
  } catch (cause) {
    throw new MissingServersError(`The server that ${variable} names does not answer: ${messageOf(cause)}`, { cause })
  }
}

async function startInContainers(started: Map<ServerName, Started>, say: Say): Promise<void> {
  const names = unresolved(started)
  if (names.length === 0 || !(await containerEngine())) return
  const results = await Promise.allSettled(
    names.map(async (name) => {
      started.set(name, await startContainer(name, say))
    }),
  )
  for (const [index, result] of results.entries()) {
    if (result.status === 'rejected')
      say(`${names[index]} could not be started in a container: ${messageOf(result.reason)}`)
  }
}

const binaries = {
  PostgreSQL: { find: findPostgres, start: startPrivatePostgres },
  Redis: { find: findRedis, start: startPrivateRedis },
  RabbitMQ: { find: findRabbitMq, start: startPrivateRabbitMq },
}

async function startBinaries(started: Map<ServerName, Started>): Promise<void> {
  const results = await Promise.allSettled(
    unresolved(started).map(async (name) => {
      const { find, start } = binaries[name]
      const folder = find()
      if (folder) started.set(name, await start(folder))
    }),
  )
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

const debianPackages = { PostgreSQL: 'postgresql', Redis: 'redis-server', RabbitMQ: 'rabbitmq-server' }

async function installMissing(started: Map<ServerName, Started>, say: Say): Promise<void> {
  const wanted: string[] = unresolved(started).map((name) => debianPackages[name])
  if (!findChromium(process.env)) wanted.push('chromium', 'fonts-dejavu-core')
  if (!findNginx(process.env)) wanted.push('nginx')
  if (wanted.length === 0 || !canInstallDebianPackages()) return
  await installDebianPackages(wanted, say)
  await startBinaries(started)
}

function unresolved(started: ReadonlyMap<ServerName, Started>): ServerName[] {
  const names: ServerName[] = ['PostgreSQL', 'Redis', 'RabbitMQ']
  return names.filter((name) => !started.has(name))
}

function missing(
  started: ReadonlyMap<ServerName, Started>,
  { chromium, nginx }: { chromium: string | undefined; nginx: string | undefined },
): MissingServersError {
  const variables = { PostgreSQL: 'DATABASE_URL', Redis: 'REDIS_URL', RabbitMQ: 'RABBITMQ_URL' }
  const lines = unresolved(started).map(
    (name) =>
      `  ${name}: install it (Debian: ${debianPackages[name]}), start a container engine, or set ${variables[name]}`,
  )
  if (!chromium) lines.push('  Chromium: install it (Debian: chromium) or set CHROMIUM_PATH')
  if (!nginx) lines.push('  NGINX: install it (Debian: nginx) or set NGINX_PATH')
  return new MissingServersError(`These are needed for the tests and were not found:\n${lines.join('\n')}`)
}

type Described = { postgres: Started; redis: Started; rabbitMq: Started; chromium: string; nginx: string }

async function describeServers({ postgres, redis, rabbitMq, chromium, nginx }: Described, say: Say): Promise<void> {
  say('Tests run on these servers:')
  say(`  PostgreSQL ${await postgresVersion(postgres.url)} (${postgres.origin})`)
  say(`  Redis ${await redisVersion(redis.url)} (${redis.origin})`)
  say(
    `  RabbitMQ ${await rabbitMqVersion(rabbitMq.managementUrl ?? managementUrlOf(rabbitMq.url))} (${rabbitMq.origin})`,
  )
  say(`  Chromium (${chromium})`)
  say(`  NGINX ${await nginxVersion(nginx)} (${nginx})`)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
