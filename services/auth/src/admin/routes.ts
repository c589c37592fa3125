import { ChangePlan, ChangeRole, User } from '@concord/contracts/identity'
import { authenticate, requireOwnSession, requireRole, userOf } from '@concord/service-kit/authenticate'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { toUser } from '../accounts/to-user.ts'
import type { RouteDeps } from '../app.ts'
import type { Account } from '../ports.ts'
import { changePlan, changeRole } from './change-grants.ts'

const tags = ['Administration']
const params = z.object({ id: z.string().max(64) })

export const adminRoutes: FastifyPluginAsyncZod<RouteDeps> = async (server, deps) => {
  server.addHook('onRequest', authenticate(deps.check))

  /** From the next request on every service sees the new grants, whatever the user's tokens say. */
  async function announced(change: Promise<Account>): Promise<User> {
    const account = await change
    await deps.board.stampAccount(account, new Date(deps.now().getTime() + deps.settings.accessTtlS * 1_000))
    return toUser(account)
  }

  server.route({
    method: 'POST',
    url: '/admin/users/:id/role',
    schema: {
      operationId: 'changeRole',
      summary: 'Give a user a role',
      tags,
      params,
      body: ChangeRole,
      response: { 200: User },
    },
    handler: async (request) =>
      announced(deps.inTransaction((tx) => changeRole(tx, actorOf(request), request.params.id, request.body.role))),
  })

  server.route({
    method: 'POST',
    url: '/admin/users/:id/plan',
    schema: {
      operationId: 'changePlan',
      summary: 'Put a user on a plan',
      tags,
      params,
      body: ChangePlan,
      response: { 200: User },
    },
    handler: async (request) =>
      announced(deps.inTransaction((tx) => changePlan(tx, actorOf(request), request.params.id, request.body.plan))),
  })
}

function actorOf(request: FastifyRequest) {
  const principal = requireOwnSession(userOf(request))
  requireRole(principal, 'admin')
  return { id: principal.sub, role: principal.role }
}
