import type { TokenCheck } from '@concord/service-kit/token'
import { networkOf } from '@concord/service-kit/network-of'
import type { Server } from '@concord/service-kit/server'
import type { KeyExchange, RequestCounter } from '../ports.ts'
import { identify } from './identify.ts'
import { spendRequest } from './request-limits.ts'
import type { RequestRules } from './request-limits.ts'

export type GuardDeps = { check: TokenCheck; keys: KeyExchange; counter: RequestCounter; rules: RequestRules }

const forProbes = ['/health', '/ready', '/metrics']
/** Their callers come for a token; many clients send the one that has expired along. */
const withoutToken = ['register', 'login', 'refresh', 'token'].map((path) => `/api/v1/auth/${path}`)

/** Who calls, and how often: for every route, also for those that do not exist, since their search is an attack too. */
export function guardRequests(server: Server, deps: GuardDeps): void {
  server.addHook('onRequest', async (request, reply) => {
    if (forProbes.includes(request.routeOptions.url ?? '')) return
    const network = networkOf(request.ip)
    await spendRequest(deps.counter, reply, `requests:address:${network}`, deps.rules.perAddress)
    if (request.method === 'POST' && request.routeOptions.url === '/api/v1/auth/register') {
      await spendRequest(deps.counter, reply, `registrations:${network}`, deps.rules.registrations)
    }
    if (withoutToken.includes(request.routeOptions.url ?? '')) return
    const caller = await identify(deps, request)
    if (caller) await spendRequest(deps.counter, reply, `requests:user:${caller.principal.sub}`, deps.rules.perUser)
  })
}
