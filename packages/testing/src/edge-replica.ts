import { z } from 'zod'
import type { Seen } from './edge-replica-child.ts'
import { freePort, spawnNode, untilWritten } from './node-process.ts'

export type { Seen } from './edge-replica-child.ts'

const Counted = z.object({ requests: z.int(), streams: z.int() })

export type EdgeReplica = {
  /** As `EDGE_GATEWAYS` takes it: `127.0.0.1:40001`. */
  address: string
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  /** The same again, on the same port, after it was killed. */
  restart(): Promise<EdgeReplica>
  /** How many requests it has taken. */
  requests(): Promise<number>
  /** How many event streams it has open. */
  streams(): Promise<number>
  /** Sends a text on every event stream that is open. */
  push(text: string): Promise<void>
  endStreams(): Promise<void>
}

/** A stand-in for a gateway behind the edge, which echoes what reaches it. */
export async function startEdgeReplica(port?: number): Promise<EdgeReplica> {
  const own = port ?? (await freePort())
  const child = spawnNode({
    args: ['--conditions=@concord/source', 'packages/testing/src/edge-replica-child.ts'],
    environment: { PORT: String(own) },
  })
  await untilWritten(child, /^listens$/m)
  const address = `127.0.0.1:${own}`
  const control = async (command: string, text = ''): Promise<{ requests: number; streams: number }> => {
    const response = await fetch(`http://${address}/control/${command}`, { method: 'POST', body: text })
    const counted: unknown = await response.json()
    return Counted.parse(counted)
  }
  return {
    address,
    kill: () => child.kill(),
    restart: () => startEdgeReplica(own),
    requests: async () => (await control('count')).requests,
    streams: async () => (await control('count')).streams,
    push: async (text) => void (await control('push', text)),
    endStreams: async () => void (await control('end')),
  }
}

/** What a replica echoed, from an answer's body. */
export function readSeen(text: string): Seen {
  const seen: Seen = JSON.parse(text)
  return seen
}
