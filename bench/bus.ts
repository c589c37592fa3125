import { randomBytes, randomUUID } from 'node:crypto'
import { openDatabase } from '@concord/database/database'
import { startEmbedded } from '@concord/database/embedded'
import { migrate } from '@concord/database/migrate'
import type { Bus, BusMessage } from '@concord/messaging/bus'
import { busMigrations, inProcessBus } from '@concord/messaging/in-process'
import { rabbitMqBus } from '@concord/messaging/rabbitmq'
import { createLogger } from '@concord/service-kit/logging'
import type { Context } from './context.ts'
import type { Report } from './report.ts'
import { median, quantile } from './statistics.ts'

const rounds = 3
const messages = 1_000
const batch = 50
const singles = 50
const type = 'bench.measured.v1'
const body = { id: randomUUID(), type, source: 'bench', data: { text: 'x'.repeat(1_000) } }

type Subject = { name: string; bus: Bus; close(): Promise<void>; handled: Set<string>; wake(): void }

/** Durable publishing to handled, of messages of a kilobyte with a handler that does nothing. */
export async function bus(context: Context): Promise<Report> {
  const servers = await context.servers()
  const ground = await servers.open()
  const subjects = [
    await onDatabase('in-process, embedded database', await embedded()),
    await onDatabase('in-process, PostgreSQL', { url: ground.settings.DATABASE_URL, stop: async () => {} }),
    await onBroker('RabbitMQ', ground.settings.RABBITMQ_URL),
  ]
  try {
    const rates = subjects.map((): number[] => [])
    const waits = subjects.map((): number[] => [])
    for (const subject of subjects) await many(subject, 200)
    for (let round = 0; round < rounds; round++) {
      for (const [index, subject] of subjects.entries()) {
        rates[index]?.push(await many(subject, messages))
        waits[index]?.push(...(await oneByOne(subject)))
      }
    }
    return {
      name: 'bus',
      title: 'The bus, from publishing to the handler',
      columns: subjects.map(({ name }) => name),
      rows: [
        { what: `messages, published ${batch} at a time`, unit: '1/s', values: rates.map(median) },
        { what: 'one message alone, p50', unit: 'ms', values: waits.map((values) => quantile(values, 0.5)) },
        { what: 'one message alone, p99', unit: 'ms', values: waits.map((values) => quantile(values, 0.99)) },
      ],
    }
  } finally {
    for (const subject of subjects) await subject.close()
    await ground.close()
  }
}

const logger = createLogger('bench', 'silent')

function embedded(): Promise<{ url: string; stop(): Promise<void> }> {
  return startEmbedded({ dataDir: undefined })
}

async function onDatabase(name: string, engine: { url: string; stop(): Promise<void> }): Promise<Subject> {
  await migrate({ url: engine.url, ...busMigrations })
  const database = openDatabase({ url: engine.url, applicationName: 'bench' })
  return consuming(name, inProcessBus({ database, logger }), async () => {
    await database.close()
    await engine.stop()
  })
}

function onBroker(name: string, url: string): Promise<Subject> {
  return consuming(
    name,
    rabbitMqBus({ url, logger, prefix: `bench-${randomBytes(4).toString('hex')}` }),
    async () => {},
  )
}

async function consuming(name: string, on: Bus, stop: () => Promise<void>): Promise<Subject> {
  const handled = new Set<string>()
  const subject: Subject = { name, bus: on, handled, wake: () => {}, close: async () => {} }
  const handle = async ({ id }: BusMessage): Promise<void> => {
    handled.add(id)
    subject.wake()
  }
  const subscriptions = [{ type, handler: `bench.${type}`, concurrency: 64, handle }]
  await on.declare('bench', subscriptions)
  const consumption = await on.consume('bench', subscriptions)
  subject.close = async () => {
    await consumption.close()
    await on.close()
    await stop()
  }
  return subject
}

async function many(subject: Subject, count: number): Promise<number> {
  const ids = Array.from({ length: count }, () => randomUUID())
  const began = performance.now()
  const done = untilHandled(subject, ids)
  for (let from = 0; from < count; from += batch) await subject.bus.publish(ids.slice(from, from + batch).map(message))
  await done
  return (count * 1_000) / (performance.now() - began)
}

async function oneByOne(subject: Subject): Promise<number[]> {
  const waits: number[] = []
  for (let index = 0; index < singles; index++) {
    const id = randomUUID()
    const began = performance.now()
    const done = untilHandled(subject, [id])
    await subject.bus.publish([message(id)])
    await done
    waits.push(performance.now() - began)
  }
  return waits
}

function untilHandled(subject: Subject, ids: readonly string[]): Promise<void> {
  subject.handled.clear()
  return new Promise((resolve) => {
    subject.wake = () => {
      if (subject.handled.size >= ids.length) resolve()
    }
  })
}

function message(id: string): BusMessage {
  return { id, type, body: { ...body, id }, headers: {} }
}
