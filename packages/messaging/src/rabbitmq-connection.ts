import { connect } from 'amqplib'
import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib'
import { describe } from './errors.ts'
import type { Logger } from './logger.ts'

export type Connection = {
  /** Both wait for the connection, and reject when it is closed for good. */
  channel(): Promise<Channel>
  confirmChannel(): Promise<ConfirmChannel>
  close(): Promise<void>
}

type Options = { url: string; name: string; logger: Logger; setup: (channel: Channel) => Promise<void> }

/** A connection that comes back by itself; its channels and consumers do not. `setup` runs after every connect. */
export function openConnection({ url, name, logger, setup }: Options): Connection {
  const opening = connect(withHeartbeat(url), {
    noDelay: true,
    keepAlive: true,
    timeout: 10_000,
    clientProperties: { connection_name: name },
    recovery: { initialDelay: 100, maxDelay: 5000, waitForConnect: false, setup: runSetup },
  }).then((model) => {
    const facts = (error: Error) => ({ connection: name, reason: describe(error) })
    model.on('error', (error) => logger.warn(facts(error), 'the broker connection failed'))
    model.on('disconnect', (error) => logger.warn(facts(error), 'the broker connection was lost'))
    model.on('connect-failed', (error) => logger.warn(facts(error), 'the broker could not be reached'))
    model.on('blocked', (reason) => logger.warn({ connection: name, reason }, 'the broker takes no messages now'))
    model.on('connect', () => logger.info({ connection: name }, 'connected to the broker'))
    return model
  })

  async function runSetup(model: ChannelModel): Promise<void> {
    const channel = quiet(await model.createChannel())
    await setup(channel)
    await channel.close()
  }

  return {
    channel: async () => quiet(await (await opening).createChannel()),
    confirmChannel: async () => quiet(await (await opening).createConfirmChannel()),
    close: async () => (await opening).close(),
  }
}

/** A failed channel also closes and rejects what waits for it; without a listener the event would end the process. */
function quiet<C extends Channel>(channel: C): C {
  channel.on('error', () => {})
  return channel
}

/** A silent broker is noticed after two missed beats. */
function withHeartbeat(text: string): string {
  const url = new URL(text)
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', '10')
  return url.href
}
