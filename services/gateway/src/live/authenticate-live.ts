import { AppError } from '@concord/service-kit/errors'
import type { Principal } from '@concord/service-kit/token'
import type { FastifyRequest } from 'fastify'
import { asReader, callerOf } from '../edge/identify.ts'
import type { TicketStore } from '../ports.ts'

const principals = new WeakMap<FastifyRequest, Principal>()

/** Before the upgrade: the verified token, or a ticket, which works once. */
export async function authenticateLive(
  tickets: TicketStore,
  request: FastifyRequest,
  ticket: string | undefined,
): Promise<Principal> {
  const principal = callerOf(request)?.principal ?? (ticket === undefined ? undefined : await tickets.redeem(ticket))
  if (!principal)
    throw new AppError(
      'unauthenticated',
      ticket === undefined ? 'a Bearer token or a ticket is needed' : 'the ticket is unknown, used or has expired',
    )
  principals.set(request, asReader(principal))
  return principal
}

export function livePrincipal(request: FastifyRequest): Principal {
  const principal = principals.get(request)
  if (!principal) throw new AppError('unauthenticated', 'a Bearer token or a ticket is needed')
  return principal
}
