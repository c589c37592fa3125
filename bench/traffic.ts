import { framed, startCountingProxy } from './counting-proxy.ts'
import type { Listen } from './counting-proxy.ts'

/** Sums since the start; `statements` by text and by who sent them. */
export type Traffic = {
  statements: number
  transactions: number
  databaseBytes: number
  published: number
  delivered: number
  busBytes: number
}

export type TrafficWatch = {
  settings: { DATABASE_URL: string; RABBITMQ_URL: string }
  now(): Traffic
  /** How often each statement was sent, as `service: text`. */
  texts(): Map<string, number>
  close(): Promise<void>
}

/** Counts what goes to the database and over the broker, between the services and the servers. */
export async function watchTraffic(settings: { DATABASE_URL: string; RABBITMQ_URL: string }): Promise<TrafficWatch> {
  const sums: Traffic = {
    statements: 0,
    transactions: 0,
    databaseBytes: 0,
    published: 0,
    delivered: 0,
    busBytes: 0,
  }
  const texts = new Map<string, number>()
  const database = await startCountingProxy(settings.DATABASE_URL, postgres(sums, texts))
  const broker = await startCountingProxy(settings.RABBITMQ_URL, amqp(sums))
  return {
    settings: { DATABASE_URL: database.url, RABBITMQ_URL: broker.url },
    now: () => ({ ...sums }),
    texts: () => new Map(texts),
    close: async () => void (await Promise.all([database.close(), broker.close()])),
  }
}

const startupMessage = 196_608

/** PostgreSQL's protocol 3.0: a statement is an Execute or a simple Query. One outside of any transaction is one of its own. */
function postgres(sums: Traffic, texts: Map<string, number>): Listen {
  return () => {
    let started = false
    let service = ''
    let inTransaction = false
    let latest = ''
    const named = new Map<string, string>()
    const count = (text: string): void => {
      const opens = /^\s*begin\b/i.test(text)
      sums.statements += 1
      if (opens || !inTransaction) sums.transactions += 1
      if (opens) inTransaction = true
      if (/^\s*(commit|rollback)\s*$/i.test(text)) inTransaction = false
      const key = `${service}: ${text.replaceAll(/\s+/g, ' ')}`
      texts.set(key, (texts.get(key) ?? 0) + 1)
    }
    const hear = (frame: Buffer): void => {
      if (!started) {
        started = frame.readInt32BE(4) === startupMessage
        service = /application_name\0([^\0]*)/.exec(frame.toString('latin1'))?.[1] ?? ''
        return
      }
      const type = String.fromCharCode(frame[0] ?? 0)
      if (type === 'Q') count(textAt(frame, 5))
      else if (type === 'P') named.set(textAt(frame, 5), textAt(frame, 6 + Buffer.byteLength(textAt(frame, 5))))
      // A Bind names its portal first, then the statement.
      else if (type === 'B') latest = textAt(frame, 6 + Buffer.byteLength(textAt(frame, 5)))
      else if (type === 'E') count(named.get(latest) ?? '?')
    }
    const lengthOf = (buffer: Buffer): number | undefined => {
      if (!started) return buffer.length < 8 ? undefined : buffer.readInt32BE(0)
      return buffer.length < 5 ? undefined : buffer.readInt32BE(1) + 1
    }
    const said = framed(lengthOf, hear)
    return {
      client(bytes) {
        sums.databaseBytes += bytes.length
        said(bytes)
      },
      server: (bytes) => void (sums.databaseBytes += bytes.length),
    }
  }
}

const methodFrame = 1
const basic = 60
const publish = 40
const deliver = 60

/** AMQP 0-9-1: a frame of type, channel, size, payload and an end byte; a method's payload begins with its class and number. */
function amqp(sums: Traffic): Listen {
  const countFrame = (frame: Buffer): void => {
    if (frame[0] !== methodFrame || frame.length < 11 || frame.readUInt16BE(7) !== basic) return
    const method = frame.readUInt16BE(9)
    if (method === publish) sums.published += 1
    if (method === deliver) sums.delivered += 1
  }
  const side = (): ((bytes: Buffer) => void) => {
    const heard = framed((buffer) => {
      if (buffer.length < 8) return undefined
      return buffer.toString('latin1', 0, 4) === 'AMQP' ? 8 : buffer.readUInt32BE(3) + 8
    }, countFrame)
    return (bytes) => {
      sums.busBytes += bytes.length
      heard(bytes)
    }
  }
  return () => ({ client: side(), server: side() })
}

function textAt(frame: Buffer, from: number): string {
  const end = frame.indexOf(0, from)
  return frame.toString('utf8', from, end < 0 ? frame.length : end)
}
