import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** A way to a server that tests can cut, stop, shut and open. */
export type Proxy = {
  url: string
  /** Breaks every connection, as a failing network does. */
  cut(): void
  /** From now on the server's words stay away, as if it hung. */
  hang(): void
  /** Speaks to the clients in the server's name. */
  say(bytes: Buffer): void
  /** Refuses new connections and breaks the present ones, until `open`. */
  shut(): void
  open(): void
  close(): Promise<void>
}

export async function startProxy(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target)
  const clients = new Set<Socket>()
  let [hanging, shut] = [false, false]

  const server = createServer((client) => {
    if (shut) client.destroy()
    else join(client)
  })
  function join(client: Socket): void {
    const upstream = connect(Number(port), hostname)
    clients.add(client)
    const end = () => {
      clients.delete(client)
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end).setNoDelay()
    client.pipe(upstream)
    upstream.on('data', (bytes) => hanging || client.write(bytes))
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(target)
  url.port = String(portOf(server.address()))

  function cut(): void {
    for (const client of clients) client.destroy()
  }

  return {
    url: url.href,
    cut,
    hang: () => void (hanging = true),
    say: (bytes) => clients.forEach((client) => client.write(bytes)),
    shut() {
      shut = true
      cut()
    },
    open: () => void ([hanging, shut] = [false, false]),
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the proxy listens on no port')
  return address.port
}
