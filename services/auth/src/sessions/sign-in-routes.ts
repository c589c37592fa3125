import { Login, Register, SignedIn } from '@concord/contracts/identity'
import type { Tokens } from '@concord/contracts/identity'
import { AppError } from '@concord/service-kit/errors'
import { idempotencyKeyOf } from '@concord/service-kit/idempotency'
import { networkOf } from '@concord/service-kit/network-of'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { checkPassword } from '../accounts/check-password.ts'
import { lockout } from '../accounts/lockout.ts'
import { refuseInvitation, register } from '../accounts/register.ts'
import { toUser } from '../accounts/to-user.ts'
import type { RouteDeps } from '../app.ts'
import type { Account, Transaction } from '../ports.ts'
import { openSession } from './open-session.ts'

const tags = ['Identity']
const SignedInBody = SignedIn.partial({ refresh_token: true })

export const signInRoutes: FastifyPluginAsyncZod<RouteDeps> = async (server, deps) => {
  const guarded = lockout(deps)

  const registerSchema = {
    operationId: 'register',
    security: [],
    summary: 'Create an account and sign in',
    tags,
    body: Register,
    response: { 201: SignedInBody },
  }
  server.post('/auth/register', { schema: registerSchema }, async (request, reply) => {
    refuseInvitation(request.body)
    const passwordHash = await deps.passwords.hash(request.body.password)
    void reply.code(201)
    const signedIn = await signInOnce(deps, request, (tx) => register(tx, request.body, passwordHash))
    return withoutCookieToken(deps.cookie, request, reply, signedIn)
  })

  const loginSchema = {
    operationId: 'login',
    security: [],
    summary: 'Sign in',
    tags,
    body: Login,
    response: { 200: SignedInBody },
  }
  server.post('/auth/login', { schema: loginSchema }, async (request, reply) => {
    const account = await checkPassword(deps, guarded, { ...request.body, address: networkOf(request.ip) })
    const signedIn = await signInOnce(deps, request, async () => account)
    return withoutCookieToken(deps.cookie, request, reply, signedIn)
  })
}

/** The console's refresh token travels in its cookie; everybody else gets it in the body. */
export function withoutCookieToken<Body extends Tokens>(
  cookie: RouteDeps['cookie'],
  request: FastifyRequest,
  reply: FastifyReply,
  body: Body,
): Body | Omit<Body, 'refresh_token'> {
  if (!cookie.isConsole(request)) return body
  void cookie.write(reply, body.refresh_token)
  const { refresh_token: _inCookie, ...rest } = body
  return rest
}

/** Sign-in and sign-up answer with secrets: an `Idempotency-Key` seen before is a conflict, and the answer is not kept. */
function signInOnce(
  deps: RouteDeps,
  request: FastifyRequest,
  accountOf: (tx: Transaction) => Promise<Account>,
): Promise<SignedIn> {
  const key = idempotencyKeyOf(request)
  const signIn = async (tx: Transaction): Promise<SignedIn> => {
    const account = await accountOf(tx)
    return { user: toUser(account), ...(await openSession(deps, tx, account)) }
  }
  return deps.inTransaction(async (tx) => {
    if (key === undefined) return signIn(tx)
    const once = { scope: `${request.routeOptions.url}|${request.ip}`, key, body: request.body, secret: true }
    let signedIn: SignedIn | undefined
    await tx.answerOnce(once, async () => ({ status: 200, body: (signedIn = await signIn(tx)) }))
    if (!signedIn) throw new AppError('conflict', 'this Idempotency-Key has been used')
    return signedIn
  })
}
