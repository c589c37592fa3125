import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** Connections on which no request has come yet, as browsers open them ahead. Node’s `close` would wait for them for a minute. */
export function unusedConnections(server: Server): { end(): void } {
  const unused = new Set<Socket>()
  const use = ({ socket }: { socket: Socket }): void => void unused.delete(socket)
  server.on('connection', (socket: Socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.on('request', use)
  server.on('upgrade', use)
  return {
    end() {
      for (const socket of unused) socket.destroy()
    },
  }
}
