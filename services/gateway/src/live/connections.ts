import { AppError } from '@concord/service-kit/errors'
import type { Principal } from '@concord/service-kit/token'
import { Gauge } from 'prom-client'
import type { Registry } from 'prom-client'
import type { SessionWatch } from '../ports.ts'

/** Why it is over for a connection: its session has ended, or the gateway goes down and another will take it. */
export type CutOff = (reason: string, code: 'unauthenticated' | 'unavailable') => void
type Connection = { principal: Principal; cutOff: CutOff; beat: () => void }

export type Connections = {
  /** Takes a place among the user's connections (429 beyond the limit); call the result when the connection has closed. */
  open(connection: Connection): () => void
  closeAll(): void
}

/** Every live socket, event stream and followed council of this gateway: their number per user, their heartbeat, their end with the session. */
export function trackConnections({
  perUser,
  heartbeatMs,
  sessions,
  metrics,
}: {
  perUser: number
  heartbeatMs: number
  sessions: SessionWatch
  metrics: Registry
}): Connections {
  const byUser = new Map<string, Set<Connection>>()
  const gauge = new Gauge({
    name: 'websocket_connections_open',
    help: 'Live sockets, event streams and followed councils held open.',
    registers: [metrics],
  })

  sessions.onEnd((sid) => cutOffSession(sid))

  function all(): Connection[] {
    return [...byUser.values()].flatMap((connections) => [...connections])
  }

  function cutOffSession(sid: string): void {
    for (const connection of all())
      if (connection.principal.sid === sid) connection.cutOff('the session has ended', 'unauthenticated')
  }

  /** The announcement of an ended session may be lost; the denylist is the truth. */
  async function checkSessions(): Promise<void> {
    const sids = new Set(all().map(({ principal }) => principal.sid))
    for (const sid of sids) if (!(await sessions.isAlive(sid))) cutOffSession(sid)
  }

  const timer = setInterval(() => {
    for (const connection of all()) connection.beat()
    checkSessions().catch(() => {})
  }, heartbeatMs)
  timer.unref()

  return {
    open(connection) {
      const { sub } = connection.principal
      const own = byUser.get(sub) ?? new Set()
      if (own.size >= perUser)
        throw new AppError('rate-limited', `more than ${perUser} live connections at once`, { retryAfterS: 1 })
      byUser.set(sub, own.add(connection))
      gauge.inc()
      return () => {
        if (!own.delete(connection)) return
        gauge.dec()
        if (own.size === 0) byUser.delete(sub)
      }
    },
    closeAll() {
      clearInterval(timer)
      for (const connection of all()) connection.cutOff('the gateway is going down', 'unavailable')
    },
  }
}
