import type { ConfirmChannel, Options } from 'amqplib'
import { describe, PublishError } from './errors.ts'
import { isNotFound } from './rabbitmq-connection.ts'
import type { Connection } from './rabbitmq-connection.ts'
import { within } from './within.ts'

export type Letter = {
  exchange: string
  routingKey: string
  content: Buffer
  options: Options.Publish & { messageId: string }
}

export type Publisher = {
  /** Resolves when the broker has all of them on disk. Rejects with `PublishError`, at the latest after `timeoutMs`. */
  send(letters: readonly Letter[]): Promise<void>
}

type Open = { channel: ConfirmChannel; returned: Set<string> }

/** Bounds what stands in the socket's buffer for one caller. */
const windowSize = 200

export function createPublisher({ connection, timeoutMs }: { connection: Connection; timeoutMs: number }): Publisher {
  let opening: Promise<Open> | undefined

  async function open(): Promise<Open> {
    const channel = await connection.confirmChannel()
    const returned = new Set<string>()
    channel.on('return', ({ properties }) => returned.add(String(properties.messageId)))
    channel.once('close', () => (opening = undefined))
    channel.once('error', (error) => isNotFound(error) && connection.setUpAgain())
    return { channel, returned }
  }

  function current(): Promise<Open> {
    opening ??= open().catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }

  /** After a timeout its confirms are lost, and a broker that blocks keeps the next channel from opening: nothing piles up. */
  function abandon({ channel }: Open): void {
    opening = undefined
    channel.removeAllListeners('close')
    channel.close().catch(() => {})
  }

  return {
    async send(letters) {
      const deadline = performance.now() + timeoutMs
      const left = () => Math.max(0, deadline - performance.now())
      let used: Open | undefined
      const sending = async (): Promise<void> => {
        used = await current()
        for (let at = 0; at < letters.length; at += windowSize) {
          if (left() === 0) return
          await sendWindow(used, letters.slice(at, at + windowSize))
        }
      }
      const inTime = await within(timeoutMs, sending()).catch((cause: unknown) => {
        throw cause instanceof PublishError ? cause : new PublishError(describe(cause), { cause })
      })
      if (inTime && left() > 0) return
      if (used) abandon(used)
      throw new PublishError(`the broker did not confirm ${letters.length} messages within ${timeoutMs} ms`)
    },
  }
}

async function sendWindow(open: Open, letters: readonly Letter[]): Promise<void> {
  await Promise.all(letters.map((letter) => sendOne(open, letter)))
}

function sendOne({ channel, returned }: Open, letter: Letter): Promise<void> {
  const { exchange, routingKey, content, options } = letter
  return new Promise((resolve, reject) => {
    const sent = { ...options, persistent: true, mandatory: true, contentType: 'application/json' }
    channel.publish(exchange, routingKey, content, sent, (error: unknown) => {
      // The broker confirms what it could not route as well; it returns it first.
      const unroutable = returned.delete(options.messageId)
      if (error) reject(new PublishError(describe(error), { cause: error }))
      else if (unroutable) reject(new PublishError(`${exchange} routes ${routingKey} nowhere`))
      else resolve()
    })
  })
}
