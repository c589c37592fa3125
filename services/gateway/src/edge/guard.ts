import type { TokenCheck } from '@concord/service-kit/token'
import type { FastifyInstance } from 'fastify'
import type { KeyExchange, RequestCounter } from '../ports.ts'
import { identify } from './identify.ts'
import { spendRequest } from './request-limits.ts'
import type { RequestRules } from './request-limits.ts'

export type GuardDeps = { check: TokenCheck; keys: KeyExchange; counter: RequestCounter; rules: RequestRules }

/** Who calls, and how often: for every route of the public API, also for those that do not exist. */
export function guardRequests(server: FastifyInstance, deps: GuardDeps): void {
  server.addHook('onRequest', async (request, reply) => {
    await spendRequest(deps.counter, reply, `requests:address:${request.ip}`, deps.rules.perAddress)
    if (request.method === 'POST' && request.routeOptions.url === '/api/v1/auth/register') {
      await spendRequest(deps.counter, reply, `registrations:${request.ip}`, deps.rules.registrations)
    }
    const caller = await identify(deps, request)
    if (caller) await spendRequest(deps.counter, reply, `requests:user:${caller.principal.sub}`, deps.rules.perUser)
  })
}
