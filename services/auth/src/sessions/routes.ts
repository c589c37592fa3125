import { Login, Refresh, Register, SignedIn, Tokens, User } from '@concord/contracts/identity'
import type { Tokens as TokenPair } from '@concord/contracts/identity'
import { authenticate, userOf } from '@concord/service-kit/authenticate'
import { AppError } from '@concord/service-kit/errors'
import { idempotencyKeyOf } from '@concord/service-kit/idempotency'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { checkPassword } from '../accounts/check-password.ts'
import { lockout } from '../accounts/lockout.ts'
import { refuseInvitation, register } from '../accounts/register.ts'
import { toUser } from '../accounts/to-user.ts'
import { isConsole } from '../adapters/refresh-cookie.ts'
import type { RouteDeps } from '../app.ts'
import type { Account, Transaction } from '../ports.ts'
import { endSession } from './end-session.ts'
import { openSession } from './open-session.ts'
import { refresh } from './refresh.ts'

const tags = ['Identity']
/** The console's refresh token travels in its cookie instead of the body. */
const ConsoleRefresh = z.union([Refresh, z.strictObject({})])
const SignedInBody = SignedIn.partial({ refresh_token: true })
const TokensBody = Tokens.partial({ refresh_token: true })

export const sessionRoutes: FastifyPluginAsyncZod<RouteDeps> = async (server, deps) => {
  const { cookie } = deps
  const guarded = lockout(deps)

  /** Sign-in and sign-up answer with secrets: a key seen before is a conflict, and the answer is not kept. */
  async function signedInOnce(
    request: FastifyRequest,
    reply: FastifyReply,
    open: (tx: Transaction) => Promise<Account>,
    status: 200 | 201,
  ) {
    const key = idempotencyKeyOf(request)
    const signIn = async (tx: Transaction) => {
      const account = await open(tx)
      return { user: toUser(account), ...(await openSession(deps, tx, account)) }
    }
    const signedIn = await deps.inTransaction(async (tx) => {
      if (key === undefined) return signIn(tx)
      const scope = `${request.routeOptions.url}|${request.ip}`
      let made: z.output<typeof SignedIn> | undefined
      await tx.answerOnce({ scope, key, body: request.body, secret: true }, async () => ({
        status,
        body: (made = await signIn(tx)),
      }))
      if (!made) throw new AppError('conflict', 'this Idempotency-Key has been used')
      return made
    })
    void reply.code(status)
    return withoutCookieToken(request, reply, signedIn)
  }

  function withoutCookieToken<Body extends TokenPair>(request: FastifyRequest, reply: FastifyReply, body: Body) {
    if (!isConsole(request)) return body
    void cookie.write(reply, body.refresh_token)
    const { refresh_token: _inCookie, ...rest } = body
    return rest
  }

  const registerSchema = {
    operationId: 'register',
    summary: 'Create an account and sign in',
    tags,
    body: Register,
    response: { 201: SignedInBody },
  }
  server.post('/auth/register', { schema: registerSchema }, async (request, reply) => {
    refuseInvitation(request.body)
    const passwordHash = await deps.passwords.hash(request.body.password)
    return signedInOnce(request, reply, (tx) => register(tx, request.body, passwordHash), 201)
  })

  const loginSchema = { operationId: 'login', summary: 'Sign in', tags, body: Login, response: { 200: SignedInBody } }
  server.post('/auth/login', { schema: loginSchema }, async (request, reply) => {
    const account = await checkPassword(deps, guarded, { ...request.body, address: request.ip })
    return signedInOnce(request, reply, async () => account, 200)
  })

  const refreshSchema = {
    operationId: 'refresh',
    summary: 'Next pair of tokens',
    tags,
    body: ConsoleRefresh,
    response: { 200: TokensBody },
  }
  server.post('/auth/refresh', { schema: refreshSchema }, async (request, reply) => {
    const token =
      'refresh_token' in request.body
        ? request.body.refresh_token
        : isConsole(request)
          ? cookie.read(request)
          : undefined
    if (token === undefined) throw new AppError('unauthenticated', 'a refresh token is needed')
    return withoutCookieToken(request, reply, await refresh(deps, token))
  })

  await server.register(async (secured) => {
    secured.addHook('onRequest', authenticate(deps.check))

    secured.route({
      method: 'GET',
      url: '/auth/me',
      schema: { operationId: 'me', summary: 'The caller', tags, response: { 200: User } },
      handler: async (request) => {
        const account = await deps.inTransaction((tx) => tx.accounts.byId(userOf(request).sub))
        if (!account) throw new AppError('unauthenticated', 'the account is gone')
        return toUser(account)
      },
    })

    secured.route({
      method: 'POST',
      url: '/auth/logout',
      schema: {
        operationId: 'logout',
        summary: 'End this session everywhere',
        tags,
        body: z.strictObject({}).nullish(),
        response: { 204: z.null() },
      },
      handler: async (request, reply) => {
        const { sub: userId, sid: sessionId } = userOf(request)
        await deps.inTransaction((tx) => endSession(deps, tx, { userId, sessionId }))
        await deps.board.denySession(sessionId, new Date(deps.now().getTime() + deps.settings.accessTtlS * 1_000))
        void cookie.clear(reply)
        return reply.code(204).send(null)
      },
    })
  })
}
