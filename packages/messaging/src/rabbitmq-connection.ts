import { connect } from 'amqplib'
import type { Channel, ConfirmChannel, RecoveringChannelModel } from 'amqplib'
import { describe } from './errors.ts'
import type { Logger } from './logger.ts'
import { within } from './within.ts'

export type Connection = {
  /** Both wait for the connection and its set-up, and reject when it is closed for good. */
  channel(): Promise<Channel>
  confirmChannel(): Promise<ConfirmChannel>
  /** The broker knows something no more that `setup` made: it is made again before the next channel. */
  setUpAgain(): void
  close(): Promise<void>
}

const closeTimeoutMs = 1000

type Options = { url: string; name: string; logger: Logger; setup: (channel: Channel) => Promise<void> }

/** A connection that comes back by itself; its channels and consumers do not. */
export function openConnection({ url, name, logger, setup }: Options): Connection {
  const opening = connect(withHeartbeat(url), {
    noDelay: true,
    keepAlive: true,
    timeout: 10_000,
    clientProperties: { connection_name: name },
    recovery: { initialDelay: 100, maxDelay: 5000, waitForConnect: false },
  }).then((model) => {
    model.on('error', (error) => logger.warn(factsOf(name, error), 'the broker connection failed'))
    model.on('disconnect', (error) => logger.warn(factsOf(name, error), 'the broker connection was lost'))
    model.on('connect-failed', (error) => logger.warn(factsOf(name, error), 'the broker could not be reached'))
    model.on('blocked', (reason) => logger.warn({ connection: name, reason }, 'the broker takes no messages now'))
    model.on('connect', () => logger.info({ connection: name }, 'connected to the broker'))
    return model
  })
  let settingUp: Promise<void> | undefined

  async function ready(): Promise<RecoveringChannelModel> {
    const model = await opening
    settingUp ??= setUp(model).catch((error: unknown) => {
      settingUp = undefined
      throw error
    })
    await settingUp
    return model
  }

  async function setUp(model: RecoveringChannelModel): Promise<void> {
    const channel = quiet(await model.createChannel())
    await setup(channel)
    await channel.close()
  }

  return {
    channel: async () => quiet(await (await ready()).createChannel()),
    confirmChannel: async () => quiet(await (await ready()).createConfirmChannel()),
    setUpAgain: () => void (settingUp = undefined),
    async close() {
      // The library's promise stays open when the socket breaks between its goodbye and the broker's.
      await within(closeTimeoutMs, (await opening).close())
    },
  }
}

/** What the broker answers when an exchange or a queue does not exist. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 404
}

export async function hasQueue(connection: Connection, queue: string): Promise<boolean> {
  const channel = await connection.channel()
  try {
    await channel.checkQueue(queue)
    await channel.close()
    return true
  } catch {
    // The broker closes the channel when the queue is unknown.
    return false
  }
}

function factsOf(connection: string, error: Error) {
  return { connection, reason: describe(error) }
}

/** A failed channel also closes and rejects what waits for it; without a listener the event would end the process. */
export function quiet<C extends Channel>(channel: C): C {
  channel.on('error', () => {})
  return channel
}

/** A silent broker is noticed after two missed beats. */
function withHeartbeat(text: string): string {
  const url = new URL(text)
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', '10')
  return url.href
}
