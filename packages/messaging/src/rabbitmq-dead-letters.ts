import type { Channel, GetMessage } from 'amqplib'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DeadLetter, DeadLetterChoice, DeadLetters } from './bus.ts'
import type { Connection } from './rabbitmq-connection.ts'
import { successor } from './rabbitmq-consumer.ts'
import { readBody, readMessage } from './rabbitmq-message.ts'
import type { Publisher } from './rabbitmq-publisher.ts'
import type { Names } from './rabbitmq-topology.ts'

/** How far into the queue of dead letters one look goes. */
const scanLimit = 10_000

type Context = { connection: Connection; publisher: Publisher; names: Names }

/** The queue of dead letters. A queue has no random access: looking takes messages and gives back those not chosen. */
export function rabbitMqDeadLetters(context: Context): DeadLetters {
  const { connection, names, publisher } = context
  return {
    async list({ handler, limit = 100 } = {}) {
      const found: DeadLetter[] = []
      await scan(connection, names.dead, async (message) => {
        const letter = readDeadLetter(names, message)
        if (handler === undefined || letter.handler === handler) found.push(letter)
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
    replay: (choice) =>
      pick(context, choice, (message) =>
        publisher.send([successor(message, names.requeue, names.queue(choice.handler), {})]),
      ),
    drop: (choice) => pick(context, choice, async () => {}),
  }
}

async function pick(
  { connection, names }: Context,
  { handler, id }: DeadLetterChoice,
  act: (message: GetMessage) => Promise<void>,
): Promise<number> {
  let picked = 0
  await scan(connection, names.dead, async (message) => {
    const letter = readDeadLetter(names, message)
    if (letter.handler !== handler || (id !== undefined && letter.id !== id)) return 'keep'
    await act(message)
    picked += 1
    return 'remove'
  })
  return picked
}

function readDeadLetter(names: Names, message: GetMessage): DeadLetter {
  const { id, type, attempt: attempts, death } = readMessage(message)
  const handler = names.handler(message.fields.routingKey)
  const read = readBody(message)
  const { reason, at } = death ?? { reason: 'the queue of its handler is gone', at: new Date().toISOString() }
  return { id, type, handler, reason, attempts, at, body: 'body' in read ? read.body : null }
}

/**
 * Takes each message that stands in the queue, and gives back those to keep. While it looks, others do not see them; it
 * ends when the broker counts them as waiting again.
 */
export async function scan(
  connection: Connection,
  queue: string,
  visit: (message: GetMessage) => Promise<'keep' | 'remove' | 'stop'>,
): Promise<void> {
  const channel = await connection.channel()
  let kept = 0
  try {
    for (let seen = 0; seen < scanLimit; seen += 1) {
      const message = await channel.get(queue)
      if (!message) break
      kept += 1
      const verdict = await visit(message)
      if (verdict === 'stop') break
      if (verdict === 'remove') {
        channel.ack(message)
        kept -= 1
      }
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
