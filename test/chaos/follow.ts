import { setTimeout as sleep } from 'node:timers/promises'
import { openSocket, readEventStream } from '@concord/testing/live-reader'
import type { LiveMessage } from '@concord/testing/live-reader'
import type { Client } from './clients.ts'
import type { Asked } from './observations.ts'

export type Way = 'stream' | 'socket'

const endings = ['query_completed', 'query_failed', 'query_cancelled']
/** A stream is silent for at most a heartbeat's time; one that is silent longer is left and opened anew. */
const silenceMs = 25_000

/**
 * Follows a query to its end by one of the two live ways, coming again after every break with the number of the last event it
 * has. Writes what it gets into `asked`; returns when the end was told, or after `withinMs`.
 */
export async function follow(client: Client, asked: Asked, way: Way, withinMs: number): Promise<void> {
  const giveUpAt = performance.now() + withinMs
  const [id = ''] = asked.ids
  const told = ({ type, seq }: LiveMessage): void => {
    if (typeof seq !== 'number' || type === 'heartbeat') return
    asked.seqs.push(seq)
    if (endings.includes(type)) asked.ending = type
  }
  while (asked.ending === undefined && performance.now() < giveUpAt) {
    const after = asked.seqs.at(-1) ?? 0
    const broke = await (way === 'stream' ? readStream : readSocket)(client, id, after, told).then(
      (status) => status,
      () => 'broken' as const,
    )
    if (asked.ending !== undefined) return
    if (broke === 401) await client.signIn().catch(() => {})
    await sleep(250 + Math.random() * 500)
  }
}

type Told = (message: LiveMessage) => void

async function readStream(client: Client, id: string, after: number, told: Told): Promise<number> {
  const { status } = await readEventStream(client.api(), id, { after, withinMs: silenceMs, told })
  return status
}

async function readSocket(client: Client, id: string, after: number, told: Told): Promise<number> {
  let status = 0
  const opening = openSocket(client.api(), `/ws/${id}?after=${after}`).catch((error: unknown) => {
    status = Number(/\d{3}$/.exec(String(error))?.[0] ?? 0)
    return undefined
  })
  const socket = await Promise.race([opening, sleep(silenceMs)])
  if (!socket) {
    void opening.then((late) => late?.close())
    return status
  }
  await Promise.race([socket.closed, sleep(silenceMs)])
  socket.close()
  for (const message of socket.messages) told(message)
  return status
}
