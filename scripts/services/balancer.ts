import { connect, createServer, type Socket } from 'node:net'

type Place = { host: string; port: number }
export type Balancer = { url: string; close(): Promise<void> }

/** One address for several replicas: each connection goes to the next one that takes it. */
export function startBalancer(
  ports: readonly number[],
  { host, port }: Place = { host: '127.0.0.1', port: 0 },
): Promise<Balancer> {
  const open = new Set<Socket>()
  let turn = 0
  const server = createServer((client) => {
    const first = turn++
    track(client)
    dial(
      client,
      ports.map((_, index) => ports[(first + index) % ports.length] ?? 0),
    )
  })

  function dial(client: Socket, [port, ...others]: readonly number[]): void {
    if (port === undefined) return void client.destroy()
    const replica = connect({ host: '127.0.0.1', port })
    track(replica)
    const tryNext = (): void => dial(client, others)
    replica.once('error', tryNext)
    replica.once('connect', () => {
      replica.off('error', tryNext)
      client.pipe(replica)
      replica.pipe(client)
      client.once('close', () => replica.destroy())
      replica.once('close', () => client.destroy())
    })
  }

  function track(socket: Socket): void {
    open.add(socket)
    // An error is followed by `close`, which is what ends the other side.
    socket.on('error', () => {})
    socket.once('close', () => open.delete(socket))
  }

  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      const address = server.address()
      const taken = typeof address === 'object' && address ? address.port : port
      const close = (): Promise<void> =>
        new Promise((closed) => {
          server.close(() => closed())
          for (const socket of open) socket.destroy()
        })
      resolve({ url: `http://${host}:${taken}`, close })
    })
  })
}
