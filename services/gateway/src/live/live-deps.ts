import type { RequestRules } from '../edge/request-limits.ts'
import type { EventHistory, LiveFeed, RequestCounter, TicketStore } from '../ports.ts'
import type { Connections } from './connections.ts'

/** What live connections need, sockets and event streams alike. */
export type LiveDeps = {
  history: EventHistory
  feed: LiveFeed
  tickets: TicketStore
  connections: Connections
  bufferBytes: number
  counter: RequestCounter
  rules: RequestRules
}
