import { rolesAscending } from '@concord/contracts/plans'
import type { Role } from '@concord/contracts/plans'
import type { FastifyRequest } from 'fastify'
import { AppError } from './errors.ts'
import type { Principal, TokenCheck } from './token.ts'

const principals = new WeakMap<FastifyRequest, Principal>()

/** An `onRequest` hook for the routes of one scope: verifies the Bearer token, or answers 401. */
export function authenticate(check: TokenCheck) {
  return async function authenticateRequest(request: FastifyRequest): Promise<void> {
    principals.set(request, await check(bearerToken(request)))
  }
}

/** Like `authenticate`, for `/internal` routes: only the mesh's own services pass. */
export function authenticateService(check: TokenCheck) {
  return async function authenticateServiceRequest(request: FastifyRequest): Promise<void> {
    const principal = await check(bearerToken(request))
    if (principal.kind !== 'service') throw new AppError('forbidden', 'only services of the mesh may call this')
    principals.set(request, principal)
  }
}

/** The user who calls; only behind `authenticate`. A service is refused: it has no queries, keys or plan. */
export function userOf(request: FastifyRequest): Principal {
  const principal = principals.get(request)
  if (!principal) throw new AppError('unauthenticated', 'a Bearer token is needed')
  if (principal.kind !== 'user') throw new AppError('forbidden', 'this needs a user’s token')
  return principal
}

/** Refuses callers below a role, and anyone while revocations cannot be checked: such routes grant rights. */
export function requireRole(principal: Principal, least: Role): void {
  if (rolesAscending.indexOf(principal.role) < rolesAscending.indexOf(least))
    throw new AppError('forbidden', `this needs the role ${least}`)
  if (!principal.revocationKnown)
    throw new AppError('unavailable', 'revocations cannot be checked at the moment', { retryAfterS: 5 })
}

/** Refuses a token that was narrowed to other scopes, as API keys are. A token without scopes is a user's own session. */
export function requireScope(principal: Principal, scope: string): void {
  if (principal.scope.length > 0 && !principal.scope.includes(scope))
    throw new AppError('forbidden', `this needs the scope ${scope}`)
}

/** The user in a session of their own; an API key is refused, whatever its owner may do: it neither grants rights nor makes keys. */
export function requireOwnSession(principal: Principal): Principal {
  if (principal.sid.startsWith('key_')) throw new AppError('forbidden', 'an API key may not do this')
  return principal
}

/** The token of `Authorization: Bearer …`; a 401 where there is none. */
export function bearerToken(request: FastifyRequest): string {
  const [, token] = /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '') ?? []
  if (!token) throw new AppError('unauthenticated', 'a Bearer token is needed')
  return token
}
