import { randomBytes } from 'node:crypto'
import { liveChannel } from '@concord/contracts/live-events'
import { Plan, Role } from '@concord/contracts/plans'
import type { KeyValue } from '@concord/key-value/key-value'
import { revocationKeys } from '@concord/service-kit/token'
import { z } from 'zod'
import type { CallCancels, LiveFeed, RequestCounter, SessionWatch, TicketStore } from '../ports.ts'
import { ticketTtlS } from '../tickets/routes.ts'

const dayMs = 24 * 60 * 60 * 1_000
const sessionsChannel = 'gateway:sessions-ended'
const cancelsChannel = 'gateway:calls-cancelled'

const StoredPrincipal = z.object({
  sub: z.string(),
  kind: z.enum(['user', 'service']),
  role: Role,
  plan: Plan,
  sid: z.string(),
  jti: z.string(),
  scope: z.array(z.string()),
  companyId: z.string().nullable(),
  expiresAt: z.number(),
  revocationKnown: z.boolean(),
})

export function keyValueTickets(keyValue: KeyValue): TicketStore {
  return {
    async issue(principal) {
      const ticket = randomBytes(24).toString('base64url')
      await keyValue.set(`ticket:${ticket}`, JSON.stringify(principal), { ttlMs: ticketTtlS * 1_000 })
      return ticket
    },
    async redeem(ticket) {
      if (!/^[\w-]{32}$/.test(ticket)) return undefined
      const stored = await keyValue.take(`ticket:${ticket}`)
      return stored === undefined ? undefined : StoredPrincipal.parse(JSON.parse(stored))
    },
    claimKey: (userId, key) => keyValue.setIfAbsent(`idempotency:tickets:${userId}:${key}`, '1', { ttlMs: dayMs }),
  }
}

export function keyValueCounter(keyValue: KeyValue): RequestCounter {
  return { hit: (name, rule) => keyValue.fixedWindow(name, rule) }
}

export function keyValueFeed(keyValue: KeyValue): LiveFeed {
  return { follow: (queryId, listener) => keyValue.subscribe(liveChannel(queryId), listener) }
}

/** The bus hands an ended session to one gateway; the channel tells all of them. */
export async function keyValueSessions(
  keyValue: KeyValue,
): Promise<SessionWatch & { announce(sessionId: string): Promise<void>; close(): Promise<void> }> {
  const listeners = new Set<(sessionId: string) => void>()
  const close = await keyValue.subscribe(sessionsChannel, (sessionId) => {
    for (const listener of listeners) listener(sessionId)
  })
  return {
    onEnd: (listener) => void listeners.add(listener),
    isAlive: async (sessionId) => (await keyValue.get(revocationKeys.session(sessionId))) === undefined,
    announce: (sessionId) => keyValue.publish(sessionsChannel, sessionId),
    close,
  }
}

export async function keyValueCancels(keyValue: KeyValue): Promise<CallCancels & { close(): Promise<void> }> {
  const listeners = new Set<(name: string) => void>()
  const close = await keyValue.subscribe(cancelsChannel, (name) => {
    for (const listener of listeners) listener(name)
  })
  return {
    onCancel: (listener) => void listeners.add(listener),
    announce: (name) => keyValue.publish(cancelsChannel, name),
    close,
  }
}
