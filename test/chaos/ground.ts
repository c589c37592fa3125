import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { apiClient, textAt } from '@concord/testing/api-client'
import { startEdge } from '@concord/testing/edge-process'
import type { EdgeProcess } from '@concord/testing/edge-process'
import { emulatorControl } from '@concord/testing/emulator-control'
import type { EmulatorControl } from '@concord/testing/emulator-control'
import { forTests, runCommand } from '@concord/testing/mesh-process'
import { root } from '@concord/testing/node-process'
import { startPrivateServers } from '@concord/testing/private-servers'
import type { PrivateServers } from '@concord/testing/private-servers'
import { startFleet } from '../../scripts/services/fleet.ts'
import type { Fleet } from '../../scripts/services/fleet.ts'
import { serviceNames } from '../../scripts/services/options.ts'
import { startFaultProxy } from './fault-proxy.ts'
import type { FaultProxy } from './fault-proxy.ts'

/** A way from one replica to one thing that it depends on. */
export type Link = { service: string; index: number; to: string; proxy: FaultProxy }

export type Ground = {
  url: string
  edge: EdgeProcess
  servers: PrivateServers
  replicas: Fleet['replicas']
  links: readonly Link[]
  emulators: EmulatorControl
  /** A new access token of an administrator, for changing plans. */
  admin(): Promise<string>
  close(): Promise<void>
}

const twice = ['gateway', 'consensus-orchestrator', 'ai-inference']
const usualLatency = { fault: { kind: 'latency', ms: 20, jitter_ms: 180 } }

/** Limits that a load from one address would reach, and times that let a run end: a stage is given up before its query is. */
const settings = {
  ...forTests,
  LOG_LEVEL: 'warn',
  DATABASE_POOL_MAX: '6',
  TURN_DEADLINE_S: '15',
  TRUSTED_PROXIES: '127.0.0.1',
}

/**
 * The whole mesh as it is run: each service in processes of its own, two of those that scale, on servers of their own, behind
 * NGINX; whatever ends is started again. Every way from a replica to what it depends on leads through a fault proxy.
 */
export async function openGround(folder: string, say: (line: string) => void): Promise<Ground> {
  await mkdir(folder, { recursive: true })
  const closers: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed()) await closer()
  }
  try {
    const servers = await startPrivateServers(say)
    closers.push(() => servers.stop())
    const edge = await startEdge({})
    closers.push(() => edge.close())
    setDefaultCACertificates([...getCACertificates('default'), edge.certificate])

    const environment = {
      ...settings,
      PATH: process.env['PATH'] ?? '',
      CONCORD_DATA_DIR: folder,
      PUBLIC_URL: edge.url,
      DATABASE_URL: servers.postgres.url,
      REDIS_URL: servers.redis.url,
      RABBITMQ_URL: servers.rabbitMq.url,
    }
    const links: Link[] = []
    closers.push(async () => void (await Promise.all(links.map(({ proxy }) => proxy.close()))))
    const fleet = await startFleet(
      {
        environment,
        dataFolder: folder,
        host: '127.0.0.1',
        port: 0,
        replicas: new Map(serviceNames.map((name) => [name, twice.includes(name) ? 2 : 1])),
        keepAlive: true,
        preload: [path.join(root, 'test/chaos/shifted-clock.ts')],
        link: (from, setting, address) => throughProxy(links, from, setting, address),
      },
      say,
    )
    closers.push(() => fleet.stop())
    const gateways = fleet.replicas.filter(({ service }) => service === 'gateway')
    await edge.reload({ EDGE_GATEWAYS: gateways.map(({ place }) => `${place.host}:${place.port}`).join(' ') })

    const emulators = emulatorControl(fleet.emulators ?? '')
    await emulators.fault(usualLatency)
    const admin = await openAdmin(edge.url, environment)
    await admin()
    return {
      url: edge.url,
      edge,
      servers,
      replicas: fleet.replicas,
      links,
      emulators: { ...emulators, heal: async () => (await emulators.heal(), emulators.fault(usualLatency)) },
      admin,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The same address with a proxy in front, as it would be written in the setting. */
async function throughProxy(
  links: Link[],
  from: { service: string; index: number },
  setting: string,
  address: string,
): Promise<string> {
  const url = new URL(address)
  const proxy = await startFaultProxy({ host: url.hostname, port: Number(url.port) })
  links.push({ ...from, to: dependencyOf(setting), proxy })
  url.port = String(proxy.port)
  return url.href.replace(/\/$/, address.endsWith('/') ? '/' : '')
}

function dependencyOf(setting: string): string {
  const [name = ''] = setting.split('_URL')
  const known: Record<string, string> = {
    DATABASE: 'PostgreSQL',
    REDIS: 'Redis',
    RABBITMQ: 'RabbitMQ',
    INFERENCE: 'ai-inference',
    ORCHESTRATOR: 'consensus-orchestrator',
    EMULATOR: 'providers',
  }
  return known[name] ?? name.toLowerCase()
}

async function openAdmin(url: string, environment: Record<string, string>): Promise<() => Promise<string>> {
  const made: unknown = JSON.parse(
    await runCommand(['admin', 'create', '--email', 'root@example.org', '--json'], environment),
  )
  const password = textAt(made, 'password')
  return async () => {
    const answer = await apiClient(url).post('/auth/login', { email: 'root@example.org', password })
    if (answer.status !== 200) throw new Error(`the administrator's login answered ${answer.status}: ${answer.text}`)
    return textAt(answer.body, 'access_token')
  }
}
