import { AppError } from '@concord/service-kit/errors'
import type { Principal } from '@concord/service-kit/token'
import { Gauge } from 'prom-client'
import type { Registry } from 'prom-client'
import type { SessionWatch } from '../ports.ts'

/** Why it is over for a connection: its session or its token has ended, or the gateway goes down and another will take it. */
export type CutOff = (reason: string, code: 'unauthenticated' | 'unavailable') => void
type Connection = {
  principal: Principal
  cutOff: CutOff
  beat: () => void
  /** For what ends by itself soon enough. */
  outlivesToken?: boolean
}

/** Seconds: what a connection may outlive its token by; that of an API key stands for the key and is itself much shorter. */
const graceS = 60
const longestByKeyS = 3_600

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
  now = Date.now,
}: {
  perUser: number
  heartbeatMs: number
  sessions: SessionWatch
  metrics: Registry
  now?: () => number
}): Connections {
  const byUser = new Map<string, Set<Held>>()
  const gauge = new Gauge({
    name: 'websocket_connections_open',
    help: 'Live sockets, event streams and followed councils held open.',
    registers: [metrics],
  })

  sessions.onEnd((sid) => cutOffSession(sid))

  function all(): Held[] {
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
    for (const connection of all()) {
      if (connection.until * 1_000 > now()) connection.beat()
      else connection.cutOff('the token has expired: come again with a fresh one', 'unauthenticated')
    }
    checkSessions().catch(() => {})
  }, heartbeatMs)
  timer.unref()

  return {
    open(connection) {
      const { sub } = connection.principal
      const own = byUser.get(sub) ?? new Set<Held>()
      if (own.size >= perUser)
        throw new AppError('rate-limited', `more than ${perUser} live connections at once`, { retryAfterS: 1 })
      const held = { ...connection, until: endOf(connection, now() / 1_000) }
      byUser.set(sub, own.add(held))
      gauge.inc()
      return () => {
        if (!own.delete(held)) return
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

type Held = Connection & { until: number }

/** Seconds since 1970. */
function endOf({ principal: { sid, expiresAt }, outlivesToken = false }: Connection, openedAt: number): number {
  if (outlivesToken) return Infinity
  return sid.startsWith('key_') ? openedAt + longestByKeyS : expiresAt + graceS
}
