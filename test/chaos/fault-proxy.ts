import { connect, createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export type FaultProxy = {
  port: number
  /** Ends every connection that is open, without a word. */
  cut(): void
  /** Every piece in either direction arrives this much later; 0 ends it. */
  delay(ms: number): void
  /** While it holds, nothing passes in either direction, the end of a connection included; what was sent arrives afterwards. */
  partition(holds: boolean): void
  close(): Promise<void>
}

type Network = { delayMs: number; gate: PromiseWithResolvers<void> | undefined; open: Set<Socket> }

/** Pieces on their way in one direction before their sender is made to wait. */
const mostPieces = 64

/** A loopback address that leads to another one, with a network's faults in between. */
export async function startFaultProxy(target: { host: string; port: number }): Promise<FaultProxy> {
  const network: Network = { delayMs: 0, gate: undefined, open: new Set() }
  const server = createServer({ allowHalfOpen: true }, (client) => {
    client.pause()
    track(network, client)
    void passable(network, performance.now()).then(() => {
      if (client.destroyed) return
      const far = connect({ ...target, allowHalfOpen: true })
      track(network, far)
      carry(network, client, far)
      carry(network, far, client)
    })
  })
  const cut = (): void => {
    for (const socket of network.open) socket.resetAndDestroy()
  }
  const lift = (): void => {
    network.gate?.resolve()
    network.gate = undefined
  }
  return {
    port: await listen(server),
    cut,
    delay: (ms) => void (network.delayMs = ms),
    partition(holds) {
      if (holds) network.gate ??= Promise.withResolvers()
      else lift()
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        lift()
        cut()
      }),
  }
}

async function passable(network: Network, dueAt: number): Promise<void> {
  const leftMs = dueAt - performance.now()
  if (leftMs > 0) await sleep(leftMs)
  await network.gate?.promise
}

function carry(network: Network, from: Socket, to: Socket): void {
  let pieces = 0
  let last = Promise.resolve()
  const inOrder = (step: () => void): void => {
    const dueAt = performance.now() + network.delayMs
    last = last.then(() => passable(network, dueAt)).then(step)
  }
  from.on('data', (piece: Buffer) => {
    pieces += 1
    if (pieces >= mostPieces) from.pause()
    inOrder(() => {
      pieces -= 1
      if (from.isPaused() && pieces < mostPieces / 2) from.resume()
      if (!to.destroyed) to.write(piece)
    })
  })
  from.once('end', () => inOrder(() => void to.end()))
  from.once('close', () => inOrder(() => to.destroy()))
  from.resume()
}

function track({ open }: Network, socket: Socket): void {
  open.add(socket)
  socket.setNoDelay(true)
  // An error is followed by `close`, which is what ends the other side.
  socket.on('error', () => {})
  socket.once('close', () => open.delete(socket))
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
}
