import { Refresh, Tokens, User } from '@concord/contracts/identity'
import { authenticate, requireOwnSession, requireScope, userOf } from '@concord/service-kit/authenticate'
import { AppError } from '@concord/service-kit/errors'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import { z } from 'zod'
import { toUser } from '../accounts/to-user.ts'
import type { RouteDeps } from '../app.ts'
import { endSession } from './end-session.ts'
import { refresh } from './refresh.ts'
import { withoutCookieToken } from './sign-in-routes.ts'

const tags = ['Identity']
/** The console sends its refresh token in the cookie, and an empty body. */
const RefreshBody = Refresh.partial()
const TokensBody = Tokens.partial({ refresh_token: true })

export const refreshRoutes: FastifyPluginAsyncZod<RouteDeps> = async (server, deps) => {
  const schema = {
    operationId: 'refresh',
    security: [],
    summary: 'Next pair of tokens',
    tags,
    body: RefreshBody,
    response: { 200: TokensBody },
  }
  server.post('/auth/refresh', { schema }, async (request, reply) => {
    const fromCookie = deps.cookie.isConsole(request) ? deps.cookie.read(request) : undefined
    const token = request.body.refresh_token ?? fromCookie
    if (token === undefined) throw new AppError('unauthenticated', 'a refresh token is needed')
    return withoutCookieToken(deps.cookie, request, reply, await refresh(deps, token))
  })
}

export const sessionRoutes: FastifyPluginAsyncZod<RouteDeps> = async (server, deps) => {
  server.addHook('onRequest', authenticate(deps.check))

  server.route({
    method: 'GET',
    url: '/auth/me',
    schema: { operationId: 'me', summary: 'The caller', tags, response: { 200: User } },
    handler: async (request) => {
      const principal = userOf(request)
      requireScope(principal, 'profile:read')
      const account = await deps.inTransaction((tx) => tx.accounts.byId(principal.sub))
      if (!account) throw new AppError('unauthenticated', 'the account is gone')
      return toUser(account)
    },
  })

  const logoutBody = z.strictObject({}).nullish()
  server.route({
    method: 'POST',
    url: '/auth/logout',
    schema: {
      operationId: 'logout',
      summary: 'End this session everywhere',
      tags,
      body: logoutBody,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const { sub: userId, sid: sessionId } = requireOwnSession(userOf(request))
      await deps.inTransaction((tx) => endSession(deps, tx, { userId, sessionId }))
      await deps.board.denySession(sessionId, new Date(deps.now().getTime() + deps.settings.accessTtlS * 1_000))
      void deps.cookie.clear(reply)
      return reply.code(204).send(null)
    },
  })
}
