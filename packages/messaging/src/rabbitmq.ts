import type { Channel } from 'amqplib'
import { hostname } from 'node:os'
import type { Bus, BusMessage, Subscription } from './bus.ts'
import { encodeBody } from './encode-body.ts'
import type { Logger } from './logger.ts'
import { hasQueue, openConnection } from './rabbitmq-connection.ts'
import type { Connection } from './rabbitmq-connection.ts'
import { startConsumer, successor } from './rabbitmq-consumer.ts'
import { rabbitMqDeadLetters, scan } from './rabbitmq-dead-letters.ts'
import { readMessage } from './rabbitmq-message.ts'
import { createPublisher } from './rabbitmq-publisher.ts'
import type { Letter, Publisher } from './rabbitmq-publisher.ts'
import { assertBase, assertSubscription, defaultStepsMs, namesOf } from './rabbitmq-topology.ts'
import type { Names } from './rabbitmq-topology.ts'
import { within } from './within.ts'

export type RabbitMqBusOptions = {
  url: string
  logger: Logger
  prefix?: string
  publishTimeoutMs?: number
  graceMs?: number
  retryStepsMs?: readonly number[]
}

/**
 * The bus on RabbitMQ (3.10 or later, for quorum queues with a time to live). It connects in the background and comes back
 * by itself; what is called meanwhile waits up to `publishTimeoutMs`. Publishing and consuming have a connection each,
 * because a broker short of memory stops reading from those that publish.
 */
export function rabbitMqBus({
  url,
  logger,
  prefix = 'concord',
  publishTimeoutMs = 10_000,
  graceMs = 5000,
  retryStepsMs = defaultStepsMs,
}: RabbitMqBusOptions): Bus {
  const names = namesOf(prefix)
  const setup = (channel: Channel) => assertBase(channel, names, retryStepsMs)
  const open = (use: string) =>
    openConnection({ url, logger, setup, name: `${prefix} ${use} ${hostname()}:${process.pid}` })
  const connection = open('publish')
  const publisher = createPublisher({ connection, timeoutMs: publishTimeoutMs })
  const intake = open('consume')
  const declared = new Map<string, Subscription>()
  const consumers = new Set<{ close(): Promise<void> }>()

  return {
    async publish(messages) {
      if (messages.length > 0) await publisher.send(messages.map((message) => eventLetter(names, message)))
    },
    wake() {},
    async declare(_service, subscriptions) {
      await inTime(publishTimeoutMs, declareAll({ connection, publisher, names }, subscriptions))
      for (const subscription of subscriptions) declared.set(subscription.handler, subscription)
    },
    async consume(_service, subscriptions) {
      const context = { connection: intake, publisher, names, stepsMs: retryStepsMs, graceMs, logger }
      const mine = subscriptions.map((subscription) => startConsumer(context, subscription))
      for (const consumer of mine) consumers.add(consumer)
      return {
        async close() {
          await Promise.all(mine.map((consumer) => consumer.close()))
          for (const consumer of mine) consumers.delete(consumer)
        },
      }
    },
    deadLetters: rabbitMqDeadLetters({ connection, publisher, names }),
    depth: () => inTime(publishTimeoutMs, depth(connection, names, [...declared.keys()])),
    ping: () => inTime(2000, check(connection, names)),
    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.close()))
      await Promise.all([connection.close(), intake.close()])
    },
  }
}

function eventLetter(names: Names, { id, type, body, headers }: BusMessage): Letter {
  const content = Buffer.from(encodeBody(type, body))
  return { exchange: names.events, routingKey: type, content, options: { messageId: id, type, headers } }
}

type Context = { connection: Connection; publisher: Publisher; names: Names }

async function declareAll(context: Context, subscriptions: readonly Subscription[]): Promise<void> {
  const { connection, names } = context
  const fresh: Subscription[] = []
  for (const subscription of subscriptions) {
    if (!(await hasQueue(connection, names.queue(subscription.handler)))) fresh.push(subscription)
  }
  const channel = await connection.channel()
  for (const subscription of subscriptions) await assertSubscription(channel, names, subscription)
  await channel.close()
  if (fresh.length > 0) await copyParked(context, fresh)
}

/** Services start in any order: a new queue also gets what was published, within a day, while nobody subscribed to it. */
async function copyParked({ connection, publisher, names }: Context, fresh: readonly Subscription[]): Promise<void> {
  await scan(connection, names.unrouted, async (message) => {
    const { type } = readMessage(message)
    const letters = fresh
      .filter((subscription) => subscription.type === type)
      .map(({ handler }) => successor(message, names.requeue, names.queue(handler), {}))
    if (letters.length > 0) await publisher.send(letters)
    return 'keep'
  })
}

async function depth(
  connection: Connection,
  names: Names,
  handlers: readonly string[],
): Promise<Record<string, number>> {
  const channel = await connection.channel()
  const depths: Record<string, number> = {}
  for (const handler of handlers) {
    const { messageCount } = await channel.checkQueue(names.queue(handler))
    depths[handler] = messageCount
  }
  await channel.close()
  return depths
}

async function check(connection: Connection, names: Names): Promise<void> {
  const channel = await connection.channel()
  await channel.checkExchange(names.events)
  await channel.close()
}

async function inTime<T>(ms: number, work: Promise<T>): Promise<T> {
  if (!(await within(ms, work))) throw new Error(`the broker did not answer within ${ms} ms`)
  return work
}
