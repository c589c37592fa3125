import type { Channel, ConsumeMessage } from 'amqplib'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Consumption, Subscription } from './bus.ts'
import { defaultConcurrency, maxBodyBytes } from './bus.ts'
import { describe, PermanentError } from './errors.ts'
import type { Logger } from './logger.ts'
import { judge } from './retry.ts'
import { isNotFound } from './rabbitmq-connection.ts'
import type { Connection } from './rabbitmq-connection.ts'
import { readBody, readMessage } from './rabbitmq-message.ts'
import type { Letter, Publisher } from './rabbitmq-publisher.ts'
import { assertSubscription } from './rabbitmq-topology.ts'
import type { Names } from './rabbitmq-topology.ts'
import { within } from './within.ts'

type Context = {
  connection: Connection
  publisher: Publisher
  names: Names
  stepsMs: readonly number[]
  graceMs: number
  logger: Logger
}
type Session = Context & { channel: Channel; subscription: Subscription; signal: AbortSignal }

/** Consumes one queue until closed. A lost connection costs its channel; the loop opens the next. */
export function startConsumer(context: Context, subscription: Subscription): Consumption {
  const closing = new AbortController()
  const ended = loop()

  async function loop(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await consumeOnce(context, subscription, closing.signal)
      } catch (error) {
        if (closing.signal.aborted) return
        if (isNotFound(error)) context.connection.setUpAgain()
        context.logger.warn({ handler: subscription.handler, reason: describe(error) }, 'the consumer starts again')
        await sleep(250, undefined, { signal: closing.signal }).catch(() => {})
      }
    }
  }

  return {
    async close() {
      closing.abort()
      // A broker that hangs must not hold up the process; it returns the messages when the connection is gone.
      await within(context.graceMs + 1000, ended)
    },
  }
}

/** Ends when the channel is lost or `closing` aborts. */
async function consumeOnce(context: Context, subscription: Subscription, closing: AbortSignal): Promise<void> {
  const channel = await untilAborted(closing, context.connection.channel())
  if (!channel) return
  const lost = new AbortController()
  channel.once('close', () => lost.abort(new Error('the connection to the broker was lost')))
  await assertSubscription(channel, context.names, subscription)
  await channel.prefetch(subscription.concurrency ?? defaultConcurrency)
  await consumeChannel({ ...context, channel, subscription, signal: lost.signal }, lost, closing)
}

async function consumeChannel(session: Session, lost: AbortController, closing: AbortSignal): Promise<void> {
  const { channel, names, subscription, graceMs } = session
  const running = new Set<Promise<void>>()
  const over = new Promise<void>((resolve) => {
    lost.signal.addEventListener('abort', () => resolve(), { once: true })
    closing.addEventListener('abort', () => resolve(), { once: true })
    if (lost.signal.aborted || closing.aborted) resolve()
  })

  function take(message: ConsumeMessage | null): void {
    // Null says that the queue is gone; the next round declares it again.
    if (!message) return void channel.close().catch(() => {})
    if (closing.aborted) return
    const handling = handleMessage(session, message).finally(() => running.delete(handling))
    running.add(handling)
  }

  const { consumerTag } = await channel.consume(names.queue(subscription.handler), take)
  await over
  if (lost.signal.aborted) return
  await channel.cancel(consumerTag)
  await within(graceMs, Promise.all(running))
  lost.abort(new Error('the consumer closes'))
  // Closing the channel returns to the queue whatever was not acknowledged.
  await channel.close()
}

async function handleMessage(session: Session, message: ConsumeMessage): Promise<void> {
  const { subscription, signal, logger, channel } = session
  const { id, type, attempt, headers } = readMessage(message)
  try {
    const read = readBody(message)
    if ('unreadable' in read) throw new PermanentError(read.unreadable)
    if (message.content.length > maxBodyBytes) throw new PermanentError(`the body is larger than ${maxBodyBytes} bytes`)
    await subscription.handle({ id, type, headers, attempt, signal, body: read.body })
    if (!signal.aborted) channel.ack(message)
  } catch (error) {
    // A lost or closed channel has returned the message already.
    if (!signal.aborted) await moveOn(session, message, error)
  } finally {
    logger.debug({ handler: subscription.handler, message_id: id, attempt }, 'a delivery was handled')
  }
}

/** Acknowledges the failed message only after its successor, in a retry queue or among the dead letters, is confirmed. */
async function moveOn(session: Session, message: ConsumeMessage, error: unknown): Promise<void> {
  const { subscription, logger, channel, publisher, signal } = session
  const { handler, retry } = subscription
  const { id, attempt } = readMessage(message)
  const verdict = judge(error, attempt, retry)
  const facts = { handler, message_id: id, attempt, reason: describe(error) }
  try {
    if ('deadBecause' in verdict) {
      logger.error(facts, 'a message becomes a dead letter')
      await publisher.send([deadLetter(session, message, verdict.deadBecause)])
    } else {
      logger.warn({ ...facts, retry_in_ms: verdict.retryInMs }, 'a handler failed and will be tried again')
      await publisher.send([retryLetter(session, message, verdict)])
    }
    if (!signal.aborted) channel.ack(message)
  } catch (cause) {
    logger.warn({ ...facts, reason: describe(cause) }, 'a failed message could not be moved; it returns to its queue')
    await sleep(1000, undefined, { signal }).catch(() => {})
    if (!signal.aborted) channel.nack(message)
  }
}

function retryLetter(
  { names, stepsMs, subscription }: Session,
  message: ConsumeMessage,
  { retryInMs, counts }: { retryInMs: number; counts: boolean },
): Letter {
  const stepMs = stepsMs.find((step) => step >= retryInMs) ?? stepsMs.at(-1) ?? 0
  const { attempt } = readMessage(message)
  return successor(message, names.retry(stepMs), names.queue(subscription.handler), {
    'concord-attempt': attempt + (counts ? 1 : 0),
  })
}

function deadLetter({ names, subscription }: Session, message: ConsumeMessage, reason: string): Letter {
  const marks = { 'concord-reason': reason, 'concord-died-at': new Date().toISOString() }
  return successor(message, names.dead, names.queue(subscription.handler), {
    ...marks,
    'concord-attempt': readMessage(message).attempt,
  })
}

/** The same message under other marks; the broker's own history (`x-death`) is left behind. */
export function successor(
  message: { content: Buffer } & Parameters<typeof readMessage>[0],
  exchange: string,
  routingKey: string,
  marks: Record<string, string | number>,
): Letter {
  const { id, type, headers } = readMessage(message)
  return {
    exchange,
    routingKey,
    content: message.content,
    options: { messageId: id, type, headers: { ...headers, ...marks } },
  }
}

/** Undefined when the signal came first; a channel that opens later is closed again. */
async function untilAborted(signal: AbortSignal, opening: Promise<Channel>): Promise<Channel | undefined> {
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  const channel = await Promise.race([opening, aborted])
  if (!channel) opening.then((late) => late.close()).catch(() => {})
  return channel
}
