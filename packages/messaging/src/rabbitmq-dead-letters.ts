import type { Channel, GetMessage } from 'amqplib'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DeadLetter, DeadLetterChoice, DeadLetterGroup, DeadLetters, Replayed } from './bus.ts'
import { hasQueue } from './rabbitmq-connection.ts'
import type { Connection } from './rabbitmq-connection.ts'
import { successor } from './rabbitmq-consumer.ts'
import { readBody, readMessage } from './rabbitmq-message.ts'
import type { Publisher } from './rabbitmq-publisher.ts'
import type { Names } from './rabbitmq-topology.ts'

/** How many messages one look holds back from others: so far it sees into the queue. */
const scanLimit = 10_000
/** Published, confirmed and only then acknowledged together. */
const batchSize = 50

type Context = { connection: Connection; publisher: Publisher; names: Names }

/** The queue of dead letters. A queue has no random access: looking takes messages and gives back those not chosen. */
export function rabbitMqDeadLetters(context: Context): DeadLetters {
  const { connection, names } = context
  return {
    async list({ limit = 100, ...choice } = {}) {
      const found: DeadLetter[] = []
      await scan(connection, names.dead, async (message) => {
        const letter = readDeadLetter(names, message)
        if (isChosen(letter, choice)) found.push(letter)
        return found.length < Math.min(limit, 1000) ? 'keep' : 'stop'
      })
      return found
    },
    async count() {
      const channel = await connection.channel()
      const { messageCount } = await channel.checkQueue(names.dead)
      await channel.close()
      return messageCount
    },
    groups: () => groups(context),
    replay: (choice, onProgress) => replay(context, choice, onProgress),
    drop: (choice) =>
      pick(context, { chosen: async (letter) => isChosen(letter, choice), act: async () => {}, onProgress() {} }),
  }
}

async function groups({ connection, names }: Context): Promise<DeadLetterGroup[]> {
  const found = new Map<string, DeadLetterGroup>()
  await scan(connection, names.dead, async (message) => {
    const { handler, at } = readDeadLetter(names, message)
    const group = found.get(handler) ?? { handler, count: 0, oldest: at }
    found.set(handler, { handler, count: group.count + 1, oldest: at < group.oldest ? at : group.oldest })
    return 'keep'
  })
  return [...found.values()].toSorted((a, b) => b.count - a.count || (a.handler < b.handler ? -1 : 1))
}

async function replay(
  context: Context,
  choice: DeadLetterChoice,
  onProgress: (replayed: number) => void = () => {},
): Promise<Replayed> {
  const { connection, names, publisher } = context
  const handled = new Map<string, boolean>()
  let unhandled = 0
  const isHandled = async (handler: string): Promise<boolean> => {
    const known = handled.get(handler) ?? (await hasQueue(connection, names.queue(handler)))
    handled.set(handler, known)
    return known
  }
  const replayed = await pick(context, {
    async chosen(letter) {
      if (!isChosen(letter, choice)) return false
      const taken = await isHandled(letter.handler)
      if (!taken) unhandled += 1
      return taken
    },
    act: (messages) =>
      publisher.send(messages.map((message) => successor(message, names.requeue, message.fields.routingKey, {}))),
    onProgress,
  })
  return { replayed, unhandled }
}

type Picking = {
  chosen(letter: DeadLetter): Promise<boolean>
  /** Must have ended before the messages leave the queue of the dead. */
  act(messages: readonly GetMessage[]): Promise<void>
  onProgress(picked: number): void
}

/** Takes out what is chosen of the messages that stand there now: those that come back at once are not taken again. */
async function pick({ connection, names }: Context, { chosen, act, onProgress }: Picking): Promise<number> {
  const channel = await connection.channel()
  const batch: GetMessage[] = []
  let [picked, kept] = [0, 0]
  const settle = async (): Promise<void> => {
    if (batch.length === 0) return
    await act(batch)
    for (const message of batch) channel.ack(message)
    picked += batch.length
    batch.length = 0
    onProgress(picked)
  }
  try {
    const { messageCount } = await channel.checkQueue(names.dead)
    for (let seen = 0; seen < messageCount && kept < scanLimit; seen += 1) {
      const message = await channel.get(names.dead)
      if (!message) break
      if (await chosen(readDeadLetter(names, message))) batch.push(message)
      else kept += 1
      if (batch.length === batchSize) await settle()
    }
    await settle()
    if (kept > 0) channel.nackAll(true)
    await untilWaiting(channel, names.dead, kept)
  } finally {
    // Whatever was neither acknowledged nor given back returns to the queue with the channel's end.
    await channel.close().catch(() => {})
  }
  return picked
}

function isChosen(letter: DeadLetter, { handler, id }: DeadLetterChoice): boolean {
  return (handler === undefined || letter.handler === handler) && (id === undefined || letter.id === id)
}

function readDeadLetter(names: Names, message: GetMessage): DeadLetter {
  const { id, type, attempt: attempts, headers, death } = readMessage(message)
  const handler = names.handler(message.fields.routingKey)
  const read = readBody(message)
  const { reason, at } = death ?? { reason: 'the queue of its handler is gone', at: new Date().toISOString() }
  const bytes = message.content.length
  return { id, type, handler, reason, attempts, at, headers, bytes, body: 'body' in read ? read.body : null }
}

/**
 * Takes each message that stands in the queue, and gives all back. While it looks, others do not see them; it
 * ends when the broker counts them as waiting again.
 */
export async function scan(
  connection: Connection,
  queue: string,
  visit: (message: GetMessage) => Promise<'keep' | 'stop'>,
): Promise<void> {
  const channel = await connection.channel()
  let kept = 0
  try {
    for (let seen = 0; seen < scanLimit; seen += 1) {
      const message = await channel.get(queue)
      if (!message) break
      kept += 1
      if ((await visit(message)) === 'stop') break
    }
    if (kept > 0) channel.nackAll(true)
    await untilWaiting(channel, queue, kept)
  } finally {
    await channel.close().catch(() => {})
  }
}

async function untilWaiting(channel: Channel, queue: string, count: number): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const { messageCount } = await channel.checkQueue(queue)
    if (messageCount >= count) return
    await sleep(20)
  }
}
