import type { Server } from 'node:http'
import type { Socket } from 'node:net'

const idleLooksEveryMs = 250

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

/** Connections kept alive whose last answer comes after `close` was called: it would wait for them until they time out. */
export function endIdleUntilClosed(server: Server): void {
  const timer = setInterval(() => server.closeIdleConnections(), idleLooksEveryMs)
  server.once('close', () => clearInterval(timer))
}
