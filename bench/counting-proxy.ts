import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'

/** What one side of a connection says, piece by piece as it comes. */
export type Ear = (bytes: Buffer) => void
/** Called once a connection. */
export type Listen = () => { client: Ear; server: Ear }

export type CountingProxy = { url: string; close(): Promise<void> }

/** A way to the server at `target` on which both sides are heard. What is heard must not throw. */
export async function startCountingProxy(target: string, listen: Listen): Promise<CountingProxy> {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    const ears = listen()
    const end = (): void => {
      open.delete(client)
      client.destroy()
      upstream.destroy()
    }
    open.add(client)
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end).setNoDelay()
    client.on('data', ears.client).pipe(upstream)
    upstream.on('data', ears.server).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = new URL(target)
  url.port = String(typeof address === 'object' && address ? address.port : 0)
  return {
    url: url.href,
    async close() {
      for (const client of open) client.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Cuts a stream into frames; `lengthOf` gives the length of the frame that begins the buffer, or undefined while it is not told. */
export function framed(lengthOf: (buffer: Buffer) => number | undefined, hear: (frame: Buffer) => void): Ear {
  let left: Buffer = Buffer.alloc(0)
  return (bytes) => {
    left = left.length === 0 ? bytes : Buffer.concat([left, bytes])
    for (;;) {
      const length = lengthOf(left)
      if (length === undefined || length > left.length) return
      hear(left.subarray(0, length))
      left = left.subarray(length)
    }
  }
}
