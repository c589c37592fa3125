import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import type { StartedTestContainer } from 'testcontainers'
import type { Say, ServerName, Started } from './servers.ts'

const startTimeoutMs = 240_000

/** Whether a container engine answers. Asked of its socket with a short deadline, since a dead one hangs. */
export async function containerEngine(): Promise<boolean> {
  const { DOCKER_HOST, XDG_RUNTIME_DIR, HOME } = process.env
  if (DOCKER_HOST?.startsWith('tcp://'))
    return ping({ host: new URL(DOCKER_HOST).hostname, port: Number(new URL(DOCKER_HOST).port) })
  const sockets = DOCKER_HOST
    ? [DOCKER_HOST.replace('unix://', '')]
    : ['/var/run/docker.sock', `${XDG_RUNTIME_DIR}/docker.sock`, `${HOME}/.docker/run/docker.sock`]
  const answers = await Promise.all(
    sockets.filter((socket) => existsSync(socket)).map((socketPath) => ping({ socketPath })),
  )
  return answers.includes(true)
}

function ping(target: { socketPath: string } | { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ ...target, path: '/_ping', timeout: 3_000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    call.once('timeout', () => call.destroy())
    call.once('error', () => resolve(false))
    call.end()
  })
}

/** Starts one server in a container. Rejects when its image is neither there nor to be had within four minutes. */
export async function startContainer(name: ServerName, say: Say): Promise<Started> {
  // The process that runs this stops its containers whatever happens to the tests, so Ryuk's image is not needed.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true'
  const { GenericContainer, Wait } = await import('testcontainers')
  const password = randomBytes(12).toString('hex')
  const recipe = recipes[name](password)
  const container = new GenericContainer(recipe.image)
    .withEnvironment(recipe.environment)
    .withCommand(recipe.command)
    .withExposedPorts(...recipe.ports)
    .withWaitStrategy(Wait.forLogMessage(recipe.ready, recipe.readyTimes))
    .withStartupTimeout(120_000)
  say(`Starting ${recipe.image} in a container …`)
  const started = await withDeadline(container.start(), startTimeoutMs)
  const [port = 0, managementPort] = recipe.ports
  const host = await reachableHost(started, port)
  const url = recipe.url(`${host}:${started.getMappedPort(port)}`)
  const stop = async (): Promise<void> => {
    await started.stop({ timeout: 0 })
  }
  const origin = `container ${recipe.image}`
  if (managementPort === undefined) return { url, origin, stop }
  return {
    url,
    managementUrl: `http://concord:${password}@${host}:${started.getMappedPort(managementPort)}`,
    origin,
    stop,
  }
}

type Recipe = {
  image: string
  environment: Record<string, string>
  command: string[]
  ports: number[]
  ready: RegExp
  readyTimes: number
  url(address: string): string
}

const recipes: Record<ServerName, (password: string) => Recipe> = {
  PostgreSQL: (password) => ({
    image: 'postgres:17',
    environment: { POSTGRES_USER: 'concord', POSTGRES_PASSWORD: password, POSTGRES_DB: 'postgres' },
    command: [
      'postgres',
      '-c',
      'fsync=off',
      '-c',
      'synchronous_commit=off',
      '-c',
      'full_page_writes=off',
      '-c',
      'max_connections=200',
    ],
    ports: [5432],
    // The image starts the server once to set it up and then for good.
    ready: /database system is ready to accept connections/,
    readyTimes: 2,
    url: (address) => `postgres://concord:${password}@${address}/postgres`,
  }),
  Redis: (password) => ({
    image: 'redis:7',
    environment: {},
    command: ['redis-server', '--save', '', '--appendonly', 'no', '--requirepass', password],
    ports: [6379],
    ready: /Ready to accept connections/,
    readyTimes: 1,
    url: (address) => `redis://:${password}@${address}`,
  }),
  RabbitMQ: (password) => ({
    image: 'rabbitmq:4-management',
    environment: {
      RABBITMQ_DEFAULT_USER: 'concord',
      RABBITMQ_DEFAULT_PASS: password,
      RABBITMQ_DEFAULT_VHOST: 'concord',
    },
    command: ['rabbitmq-server'],
    ports: [5672, 15672],
    ready: /Server startup complete/,
    readyTimes: 1,
    url: (address) => `amqp://concord:${password}@${address}/concord`,
  }),
}

/** Inside a container the engine's own guess of its address can be wrong while the loopback address is right. */
async function reachableHost(container: StartedTestContainer, port: number): Promise<string> {
  const mapped = container.getMappedPort(port)
  return (await accepts('127.0.0.1', mapped)) ? '127.0.0.1' : container.getHost()
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 })
    const end = (open: boolean): void => {
      socket.destroy()
      resolve(open)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}

async function withDeadline<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not ready after ${timeoutMs / 1000} s`)), timeoutMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
