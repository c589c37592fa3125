import type { Channel } from 'amqplib'
import { maxUnsettledDeliveries } from './bus.ts'

/** The names on the broker, all under one prefix. */
export type Names = ReturnType<typeof namesOf>

export function namesOf(prefix: string) {
  return {
    events: `${prefix}.events`,
    unrouted: `${prefix}.unrouted`,
    dead: `${prefix}.dead`,
    requeue: `${prefix}.requeue`,
    retry: (stepMs: number) => `${prefix}.retry.${stepMs}`,
    queue: (handler: string) => `${prefix}.${handler}`,
    handler: (queue: string) => queue.slice(prefix.length + 1),
  }
}

/** The waits that exist as queues. A delay is rounded up to the next of them. */
export const defaultStepsMs = [500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000, 900_000]

const hourMs = 3_600_000
const unlimitedDeliveries = 1_000_000

/** A dead-lettering that waits for the target's confirm; the broker asks for `reject-publish` with it. */
const careful = { 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish' }

/**
 * What all services share. An event goes to `events`; without any subscriber it is parked in `unrouted` for a day. A
 * failed one waits in the retry queue of its delay, and `requeue` takes it back to its own queue, or to the dead letters
 * when that queue is gone. Quorum queues throughout: what is confirmed survives the loss of a node.
 */
export async function assertBase(channel: Channel, names: Names, stepsMs: readonly number[]): Promise<void> {
  await channel.assertExchange(names.unrouted, 'fanout')
  await channel.assertExchange(names.events, 'topic', { alternateExchange: names.unrouted })
  await channel.assertExchange(names.dead, 'fanout')
  await channel.assertExchange(names.requeue, 'direct', { alternateExchange: names.dead })
  await assertQuorumQueue(channel, names.unrouted, {
    'x-message-ttl': 24 * hourMs,
    'x-max-length': 10_000,
    'x-overflow': 'drop-head',
    'x-delivery-limit': unlimitedDeliveries,
  })
  await channel.bindQueue(names.unrouted, names.unrouted, '')
  await assertQuorumQueue(channel, names.dead, {
    'x-max-length': 1_000_000,
    'x-overflow': 'reject-publish',
    'x-delivery-limit': unlimitedDeliveries,
  })
  await channel.bindQueue(names.dead, names.dead, '')
  for (const stepMs of stepsMs) await assertRetryStep(channel, names, stepMs)
}

/** The message keeps its routing key, its own queue's name, through the wait. */
async function assertRetryStep(channel: Channel, names: Names, stepMs: number): Promise<void> {
  const name = names.retry(stepMs)
  await channel.assertExchange(name, 'fanout')
  await assertQuorumQueue(channel, name, {
    ...careful,
    'x-message-ttl': stepMs,
    'x-dead-letter-exchange': names.requeue,
    'x-max-length': 1_000_000,
  })
  await channel.bindQueue(name, name, '')
}

/** The queue of one handler. When its consumers die over and over on a message, the broker makes it a dead letter. */
export async function assertSubscription(
  channel: Channel,
  names: Names,
  { handler, type }: { handler: string; type: string },
): Promise<void> {
  const queue = names.queue(handler)
  await assertQuorumQueue(channel, queue, {
    ...careful,
    'x-dead-letter-exchange': names.dead,
    'x-dead-letter-routing-key': queue,
    'x-delivery-limit': maxUnsettledDeliveries,
    'x-max-length': 1_000_000,
  })
  await channel.bindQueue(queue, names.requeue, queue)
  await channel.bindQueue(queue, names.events, type)
}

async function assertQuorumQueue(channel: Channel, name: string, more: Record<string, string | number>): Promise<void> {
  await channel.assertQueue(name, { durable: true, arguments: { 'x-queue-type': 'quorum', ...more } })
}
