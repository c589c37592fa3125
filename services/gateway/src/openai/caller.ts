import { requireScope } from '@concord/service-kit/authenticate'
import { AppError } from '@concord/service-kit/errors'
import type { FastifyRequest } from 'fastify'
import { callerOf } from '../edge/identify.ts'
import type { Caller } from '../edge/identify.ts'

/** The user who calls; 401 without a token, 403 for a service. */
export function doorCaller(request: FastifyRequest): Caller {
  const caller = callerOf(request)
  if (!caller) throw new AppError('unauthenticated', 'an API key or an access token is needed')
  if (caller.principal.kind !== 'user') throw new AppError('forbidden', 'this needs a user’s token')
  return caller
}

const councilScopes = ['queries:write', 'queries:read']

/** What the caller may ask: single models, the council. A key without scopes may both. */
export function rightsOf({ principal: { scope } }: Caller): { models: boolean; council: boolean } {
  const may = (name: string): boolean => scope.length === 0 || scope.includes(name)
  return { models: may('models:use'), council: councilScopes.every(may) }
}

/** Refuses a key that may not ask single models. */
export function requireModels({ principal }: Caller): void {
  requireScope(principal, 'models:use')
}

/** Refuses a key that may not put questions to the council and read its answers. */
export function requireCouncil({ principal }: Caller): void {
  for (const scope of councilScopes) requireScope(principal, scope)
}
