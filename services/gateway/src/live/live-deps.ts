import type { EventHistory, LiveFeed, TicketStore } from '../ports.ts'
import type { Connections } from './connections.ts'

/** What live connections need, sockets and event streams alike. */
export type LiveDeps = {
  history: EventHistory
  feed: LiveFeed
  tickets: TicketStore
  connections: Connections
  bufferBytes: number
}
