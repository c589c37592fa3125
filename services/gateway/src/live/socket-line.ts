import type { Principal } from '@concord/service-kit/token'
import type { WebSocket } from 'ws'
import type { Connections } from './connections.ts'
import { followQuery } from './follow-query.ts'
import type { Following } from './follow-query.ts'
import type { LiveDeps } from './live-deps.ts'

const mostSubscriptions = 50
export const closeCodes = { done: 1000, goingAway: 1001, policy: 1008, tryAgain: 1013 } as const

export type SocketLine = {
  follow(queryId: string, after: number, o: { closeAtEnd: boolean }): void
  unfollow(queryId: string): void
  /** A message that is no event of a query. */
  tell(message: object): void
}

/** One socket: the queries it follows, its place among the user's connections, its end. */
export function openSocketLine(deps: LiveDeps, socket: WebSocket, principal: Principal): SocketLine {
  const followed = new Map<string, Following>()
  const opening = new Set<string>()
  const send = (text: string) => sendBounded(socket, text, deps.bufferBytes)
  const tell = (message: object) => send(JSON.stringify({ ...message, at: new Date().toISOString() }))
  const comeAgain = () => socket.close(closeCodes.tryAgain, 'try again')

  function beat(): void {
    if (followed.size === 0) tell({ type: 'heartbeat', query_id: null, seq: null })
    for (const [queryId, following] of followed) {
      tell({ type: 'heartbeat', query_id: queryId, seq: following.lastSeq() })
      following.repair()
    }
  }

  const leave = takePlace(deps.connections, socket, {
    principal,
    beat,
    cutOff: (reason) => socket.close(closeCodes.goingAway, reason),
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => closeAll(followed.values(), leave))

  async function open(queryId: string, after: number, closeAtEnd: boolean): Promise<void> {
    const ended = () => {
      opening.delete(queryId)
      followed.delete(queryId)
      if (closeAtEnd) socket.close(closeCodes.done, 'the query has ended')
    }
    const following = await followQuery(deps, { queryId, userId: principal.sub }, after, {
      send,
      ended,
      failed: comeAgain,
    })
    if (!following) tell({ type: 'error', query_id: queryId, detail: 'no such query' })
    else if (socket.readyState === socket.OPEN && opening.has(queryId)) followed.set(queryId, following)
    else await following.close()
  }

  return {
    tell,
    follow(queryId, after, { closeAtEnd }) {
      if (followed.has(queryId) || opening.has(queryId)) return
      if (followed.size + opening.size >= mostSubscriptions) {
        return tell({
          type: 'error',
          query_id: queryId,
          detail: `a socket follows ${mostSubscriptions} queries at most`,
        })
      }
      opening.add(queryId)
      void open(queryId, after, closeAtEnd)
        .catch(comeAgain)
        .finally(() => opening.delete(queryId))
    },
    unfollow(queryId) {
      opening.delete(queryId)
      void followed.get(queryId)?.close()
      followed.delete(queryId)
    },
  }
}

function closeAll(followed: Iterable<Following>, leave: () => void): void {
  leave()
  for (const following of followed) void following.close()
}

/** A reader that does not read is cut off rather than buffered for ever. */
function sendBounded(socket: WebSocket, text: string, bufferBytes: number): void {
  if (socket.readyState !== socket.OPEN) return
  if (socket.bufferedAmount > bufferBytes) socket.terminate()
  else socket.send(text)
}

function takePlace(
  connections: Connections,
  socket: WebSocket,
  connection: Parameters<Connections['open']>[0],
): () => void {
  try {
    return connections.open(connection)
  } catch (error) {
    socket.close(closeCodes.policy, error instanceof Error ? error.message : 'refused')
    return () => {}
  }
}
