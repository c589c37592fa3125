import { connect } from 'amqplib'
import type { Channel, ChannelModel } from 'amqplib'
import type { BusState, QueueState } from './bus-state.ts'
import { isNotFound, quiet } from './rabbitmq-connection.ts'
import { defaultStepsMs, namesOf } from './rabbitmq-topology.ts'
import { within } from './within.ts'

export type RabbitMqStateOptions = {
  url: string
  handlers: readonly string[]
  prefix?: string
  retryStepsMs?: readonly number[]
  timeoutMs?: number
}

/** Looks at the broker on a connection of its own; makes no exchange and no queue. Rejects when it does not answer in time. */
export async function rabbitMqState({ timeoutMs = 5000, ...o }: RabbitMqStateOptions): Promise<BusState> {
  const opening = connect(o.url, { timeout: timeoutMs, clientProperties: { connection_name: 'concord status' } })
  const reading = opening.then((model) => {
    model.on('error', () => {})
    return read(model, o)
  })
  try {
    if (!(await within(timeoutMs, reading))) throw new Error(`the broker did not answer within ${timeoutMs} ms`)
    return await reading
  } finally {
    reading.catch(() => {})
    opening.then((model) => within(1000, model.close())).catch(() => {})
  }
}

async function read(model: ChannelModel, o: Omit<RabbitMqStateOptions, 'timeoutMs'>): Promise<BusState> {
  const names = namesOf(o.prefix ?? 'concord')
  const look = looker(model)
  const queues: QueueState[] = []
  for (const handler of o.handlers) {
    const { messageCount, consumerCount } = await look(names.queue(handler))
    queues.push({ handler, waiting: messageCount, consumers: consumerCount })
  }
  let retrying = 0
  for (const stepMs of o.retryStepsMs ?? defaultStepsMs) retrying += (await look(names.retry(stepMs))).messageCount
  return {
    queues,
    retrying,
    unrouted: (await look(names.unrouted)).messageCount,
    dead: (await look(names.dead)).messageCount,
    version: model.connection.serverProperties.version,
  }
}

/** The broker closes the channel on which an unknown queue was asked for: the next question opens another. */
function looker(model: ChannelModel) {
  let channel: Channel | undefined
  return async function look(queue: string): Promise<{ messageCount: number; consumerCount: number }> {
    try {
      channel ??= quiet(await model.createChannel())
      return await channel.checkQueue(queue)
    } catch (error) {
      channel = undefined
      if (isNotFound(error)) return { messageCount: 0, consumerCount: 0 }
      throw error
    }
  }
}
