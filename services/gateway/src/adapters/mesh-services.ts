import { createHash } from 'node:crypto'
import { ExchangedToken } from '@concord/contracts/identity'
import { QueryId } from '@concord/contracts/ids'
import { StoredEvents } from '@concord/contracts/live-events'
import { readCache } from '@concord/key-value/read-cache'
import { AppError } from '@concord/service-kit/errors'
import type { ServiceClient } from '@concord/service-kit/service-client'
import type { EventHistory, KeyExchange } from '../ports.ts'

const rememberedMs = 20_000

export function orchestratorHistory(orchestrator: ServiceClient): EventHistory {
  return {
    async after({ queryId, userId }, seq) {
      if (!QueryId.safeParse(queryId).success) return undefined
      const path = `/internal/queries/${encodeURIComponent(queryId)}/events?after=${seq}`
      const stored = await orchestrator.call({ path, answer: StoredEvents }).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'not-found') return undefined
        throw error
      })
      if (!stored || stored.user_id !== userId) return undefined
      return { ended: stored.ended, lastSeq: stored.last_seq, events: stored.events }
    },
  }
}

/** A key's token is kept for a part of its 60 s; a revoked key's token is on the denylist meanwhile. Keys are held only as hashes. */
export function authKeyExchange(auth: ServiceClient): KeyExchange {
  const inFlight = new Map<string, string>()
  const cache = readCache<string>({
    ttlMs: rememberedMs,
    max: 10_000,
    load: async (hash) => {
      const body = { key: inFlight.get(hash) }
      return (await auth.call({ method: 'POST', path: '/internal/api-keys/exchange', body, answer: ExchangedToken }))
        .access_token
    },
  })
  return {
    async tokenFor(apiKey) {
      const hash = createHash('sha256').update(apiKey).digest('base64url')
      inFlight.set(hash, apiKey)
      try {
        const token = await cache.get(hash)
        if (token === undefined) throw refused()
        return token
      } catch (cause) {
        if (cause instanceof AppError && cause.code === 'upstream-failed') throw refused(cause)
        throw cause
      } finally {
        inFlight.delete(hash)
      }
    },
  }
}

function refused(cause?: unknown): AppError {
  return new AppError('unauthenticated', 'the API key is unknown, revoked or expired', {
    cause,
    headers: { 'www-authenticate': 'Bearer realm="concord", error="invalid_token"' },
  })
}
