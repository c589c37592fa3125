import { bearerToken, requireScope } from '@concord/service-kit/authenticate'
import { AppError } from '@concord/service-kit/errors'
import type { Principal, TokenCheck } from '@concord/service-kit/token'
import type { FastifyRequest } from 'fastify'
import type { KeyExchange } from '../ports.ts'

export type Caller = { principal: Principal; token: string }

const callers = new WeakMap<FastifyRequest, Caller>()

type Deps = { check: TokenCheck; keys: KeyExchange }

/** Verifies the request's token, if it brought one, and exchanges an API key; a bad one ends the request with 401. */
export async function identify({ check, keys }: Deps, request: FastifyRequest): Promise<Caller | undefined> {
  if (request.headers.authorization === undefined) return undefined
  if (/^Basic /i.test(request.headers.authorization)) return undefined
  const given = bearerToken(request)
  const token = given.startsWith('ck_') ? await keys.tokenFor(given) : given
  const caller = { principal: await check(token), token }
  callers.set(request, caller)
  return caller
}

export function callerOf(request: FastifyRequest): Caller | undefined {
  return callers.get(request)
}

/** The user who calls and may read queries; 401 without a token, 403 for a service or an API key without that scope. */
export function requireReader(request: FastifyRequest): Principal {
  const principal = callers.get(request)?.principal
  if (!principal) throw new AppError('unauthenticated', 'a Bearer token is needed')
  return asReader(principal)
}

/** What the live events tell is what `queries:read` is for. */
export function asReader(principal: Principal): Principal {
  if (principal.kind !== 'user') throw new AppError('forbidden', 'this needs a user’s token')
  requireScope(principal, 'queries:read')
  return principal
}
