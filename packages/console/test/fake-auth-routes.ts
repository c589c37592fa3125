import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FakeAccounts } from './fake-accounts.ts'
import { json, problem } from './fake-answers.ts'

type Body = Record<string, unknown>

/** register, login and refresh, as a browser gets them: the refresh token in a cookie that scripts cannot read. */
export function serveAuth(
  accounts: FakeAccounts,
  request: IncomingMessage,
  response: ServerResponse,
  o: { path: string; body: Body },
): void {
  if (request.headers['x-concord-client'] !== 'console') {
    problem(response, 400, 'Not the console.')
    return
  }
  const [email, password] = [String(o.body['email']), String(o.body['password'])]
  if (o.path === '/auth/refresh') {
    const cookie = /concord_refresh=([0-9a-f]+)/.exec(request.headers.cookie ?? '')?.[1]
    signedIn(response, 200, accounts.refresh(cookie), { status: 401, detail: 'The session has ended.' })
  } else if (o.path === '/auth/login') {
    const detail = 'The e-mail or the password is wrong.'
    signedIn(response, 200, accounts.signIn(email, password), { status: 401, detail })
  } else {
    const detail = 'An account with this e-mail exists.'
    const granted = accounts.register(email, password, String(o.body['full_name']))
    signedIn(response, 201, granted, { status: 409, detail })
  }
}

export function signOut(response: ServerResponse): void {
  response.setHeader('set-cookie', 'concord_refresh=; Max-Age=0; HttpOnly; SameSite=Strict; Path=/api/v1/auth')
  response.writeHead(204).end()
}

function signedIn(
  response: ServerResponse,
  status: number,
  granted: ReturnType<FakeAccounts['signIn']>,
  refusal: { status: number; detail: string },
): void {
  if (!granted) {
    problem(response, refusal.status, refusal.detail)
    return
  }
  response.setHeader('set-cookie', `concord_refresh=${granted.refresh}; HttpOnly; SameSite=Strict; Path=/api/v1/auth`)
  json(response, status, granted.body)
}
