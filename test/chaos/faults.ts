import { setTimeout as sleep } from 'node:timers/promises'
import { queryRows } from '@concord/testing/query-rows'
import type { Ground } from './ground.ts'

/** A fault that was made: on what, and how it is undone. */
export type Struck = { target: string; heal(): Promise<void> }

export type Fault = {
  name: string
  /** Seconds for which it holds, at least and at most. */
  holdsS: readonly [number, number]
  strike(ground: Ground, random: () => number): Promise<Struck>
}

type Replica = Ground['replicas'][number]

const nothing = async (): Promise<void> => {}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('there is nothing to choose from')
  return item
}

function nameOf({ service, index }: { service: string; index: number }): string {
  return `${service} ${index + 1}`
}

const killOf = (service: string): Fault => ({
  name: `kill -9 of one ${service}`,
  holdsS: [1, 3],
  async strike({ replicas }, random) {
    const replica = pick(
      replicas.filter((one) => one.service === service),
      random,
    )
    replica.kill()
    return { target: nameOf(replica), heal: () => replica.untilReady() }
  },
})

const killAllOf = (service: string): Fault => ({
  name: `kill -9 of every ${service}`,
  holdsS: [1, 3],
  async strike({ replicas }) {
    const all = replicas.filter((one) => one.service === service)
    for (const replica of all) replica.kill()
    return { target: all.map(nameOf).join(', '), heal: () => untilReady(all) }
  },
})

async function untilReady(replicas: readonly Replica[]): Promise<void> {
  await Promise.all(replicas.map((replica) => replica.untilReady()))
}

const downOf = (name: 'PostgreSQL' | 'Redis' | 'RabbitMQ'): Fault => ({
  name: `kill -9 of ${name}, down, up again`,
  holdsS: [1, 5],
  async strike({ servers }) {
    const server = { PostgreSQL: servers.postgres, Redis: servers.redis, RabbitMQ: servers.rabbitMq }[name]
    await server.kill()
    return { target: name, heal: () => server.restart() }
  },
})

const cutOf = (name: string): Fault => ({
  name: `every connection to ${name} cut`,
  holdsS: [1, 2],
  async strike({ links, servers }) {
    for (const { proxy } of links.filter(({ to }) => to === name)) proxy.cut()
    if (name === 'PostgreSQL')
      await queryRows(
        servers.postgres.url,
        `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'`,
      )
    return { target: name, heal: nothing }
  },
})

const clockJump: Fault = {
  name: 'clock of one process jumps',
  holdsS: [4, 8],
  async strike({ replicas }, random) {
    const replica = pick(replicas, random)
    const seconds = pick([2, 30, 300, 3_600], random) * (random() < 0.5 ? -1 : 1)
    replica.send({ clockOffsetMs: seconds * 1_000 })
    const heal = async (): Promise<void> => replica.send({ clockOffsetMs: 0 })
    return { target: `${nameOf(replica)} by ${seconds} s`, heal }
  },
}

const slowLink: Fault = {
  name: 'network delay',
  holdsS: [4, 8],
  async strike({ links }, random) {
    const link = pick(links, random)
    const ms = 50 + Math.floor(random() * 450)
    link.proxy.delay(ms)
    const heal = async (): Promise<void> => link.proxy.delay(0)
    return { target: `${nameOf(link)} → ${link.to} by ${ms} ms each way`, heal }
  },
}

const partition: Fault = {
  name: 'partition of one way',
  holdsS: [3, 10],
  async strike({ links }, random) {
    const link = pick(links, random)
    link.proxy.partition(true)
    const heal = async (): Promise<void> => link.proxy.partition(false)
    return { target: `${nameOf(link)} → ${link.to}`, heal }
  },
}

const island: Fault = {
  name: 'partition of one process from all else',
  holdsS: [3, 10],
  async strike({ links, replicas }, random) {
    const replica = pick(replicas, random)
    const ways = links.filter(({ service, index }) => service === replica.service && index === replica.index)
    for (const { proxy } of ways) proxy.partition(true)
    const heal = async (): Promise<void> => {
      for (const { proxy } of ways) proxy.partition(false)
    }
    return { target: nameOf(replica), heal }
  },
}

const reload: Fault = {
  name: 'NGINX reloads, three times',
  holdsS: [0, 1],
  async strike({ edge }) {
    for (let n = 0; n < 3; n += 1) {
      // A reload with nothing changed would be told from the one before by nothing.
      await edge.reload({ EDGE_HSTS: `max-age=${3_600 + n}` })
      await sleep(300)
    }
    return { target: 'NGINX', heal: nothing }
  },
}

const rollingRestart: Fault = {
  name: 'rolling restart of all',
  holdsS: [0, 0],
  async strike({ replicas }) {
    for (const replica of replicas) await replica.restart()
    return { target: 'every process in turn', heal: nothing }
  },
}

const alarm = (name: string, on: readonly string[], off: readonly string[]): Fault => ({
  name: `${name} alarm of the broker`,
  holdsS: [3, 6],
  async strike({ servers }) {
    await servers.rabbitMq.control(...on)
    return { target: 'RabbitMQ', heal: () => servers.rabbitMq.control(...off) }
  },
})

type Rule = { provider?: string; purpose?: string; fault: object }

const providers = ['openai', 'anthropic', 'gemini', 'xai']

const providersFault = (name: string, rules: (random: () => number) => Rule[]): Fault => ({
  name,
  holdsS: [4, 7],
  async strike({ emulators }, random) {
    const made = rules(random)
    for (const rule of made) await emulators.fault(rule)
    return { target: made.map(({ provider }) => provider ?? 'all providers').join(', '), heal: () => emulators.heal() }
  },
})

const troubles = [
  { kind: 'server_error', status: 503 },
  { kind: 'rate_limit', retry_after_s: 1 },
  { kind: 'cut', after_chunks: 2 },
  { kind: 'garbled' },
  { kind: 'wrong_schema' },
  { kind: 'error_event' },
]

const liars: Fault = {
  name: 'lying providers',
  holdsS: [4, 7],
  async strike({ emulators }, random) {
    const model = pick(['gpt5', 'claude', 'gemini', 'grok'], random)
    const tactic = pick(['insist', 'injection', 'flattery', 'authority'], random)
    await emulators.wrong({ model, rate: 1, liar: true, tactic })
    return { target: `${model} by ${tactic}`, heal: () => emulators.heal() }
  },
}

/** All that the run does to the mesh. */
export const faults: readonly Fault[] = [
  ...['gateway', 'auth', 'consensus-orchestrator', 'ai-inference'].map(killOf),
  ...['consensus-orchestrator', 'ai-inference'].map(killAllOf),
  ...(['PostgreSQL', 'Redis', 'RabbitMQ'] as const).map(downOf),
  ...['PostgreSQL', 'Redis', 'RabbitMQ', 'ai-inference'].map(cutOf),
  reload,
  rollingRestart,
  clockJump,
  slowLink,
  partition,
  island,
  alarm('memory', ['set_vm_memory_high_watermark', 'absolute', '1MB'], ['set_vm_memory_high_watermark', '0.4']),
  alarm('disk', ['set_disk_free_limit', '900000GB'], ['set_disk_free_limit', '50MB']),
  providersFault('slow providers', () => [{ fault: { kind: 'latency', ms: 2_000, jitter_ms: 3_000 } }]),
  providersFault('a provider that hangs', (random) => [{ provider: pick(providers, random), fault: { kind: 'hang' } }]),
  providersFault('a provider in trouble', (random) => [
    { provider: pick(providers, random), fault: pick(troubles, random) },
  ]),
  providersFault('every provider refuses', () => [{ fault: { kind: 'refuse' } }]),
  liars,
]
