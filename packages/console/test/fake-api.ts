import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import type { User } from '@concord/contracts/identity'
import { SubmitQuery } from '@concord/contracts/queries'
import { closedScenario } from './closed-scenario.ts'
import { fakeAccounts } from './fake-accounts.ts'
import { serveLive, type LiveFaults } from './fake-live.ts'
import { fakePanel } from './fake-panel.ts'
import { fakeQuery, type FakeQuery } from './fake-query.ts'
import { failedScenario, openScenario } from './open-scenario.ts'

export type FakeApi = {
  url: string
  accounts: ReturnType<typeof fakeAccounts>
  faults: LiveFaults & { unavailable: boolean }
  /** Every request, as `GET /api/v1/panel`. */
  requests: string[]
  queries: Map<string, FakeQuery>
  close(): Promise<void>
}

const dailyLimit = 10

/** The API's contract as far as the page uses it, with scripted deliberations. Test equipment. */
export async function startFakeApi(o: { dist: string; speed?: number; port?: number }): Promise<FakeApi> {
  const accounts = fakeAccounts()
  const queries = new Map<string, FakeQuery>()
  const tickets = new Map<string, string>()
  const faults = {
    refuseSockets: false,
    refuseStreams: false,
    dropSocketsAfter: [],
    swallow: new Set<number>(),
    unavailable: false,
  }
  const requests: string[] = []
  const answered = new Map<string, unknown>()

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    requests.push(`${request.method} ${url.pathname}`)
    const route = url.pathname.startsWith('/api/') ? api(request, response, url) : page(response, url.pathname)
    route.catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      problem(response, 500, 'Internal error')
    })
  })
  const live = serveLive({ server, queries, tickets, faults })

  async function page(response: ServerResponse, path: string): Promise<void> {
    const file = path === '/' ? 'index.html' : path.slice(1)
    const types: Record<string, string> = {
      '.html': 'text/html',
      '.js': 'text/javascript',
      '.css': 'text/css',
      '.svg': 'image/svg+xml',
    }
    const body = file.includes('..') ? undefined : await readFile(join(o.dist, file)).catch(() => undefined)
    if (!body) return problem(response, 404, 'No such page')
    response.writeHead(200, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    })
    response.end(body)
  }

  async function api(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const path = url.pathname.replace('/api/v1', '')
    const body = await readJson(request)
    if (faults.unavailable) return problem(response, 503, 'The service is starting.')
    if (path.startsWith('/auth/') && request.method === 'POST' && path !== '/auth/logout') {
      return auth(request, response, path, body)
    }
    const user = accounts.userOf(request.headers.authorization)
    if (!user) return problem(response, 401, 'The token is missing, wrong or has expired.')
    if (path === '/auth/logout') return signOut(response)
    if (path === '/auth/me') return json(response, 200, user)
    if (path === '/panel') return json(response, 200, fakePanel)
    if (path === '/user/stats') return json(response, 200, stats(user))
    if (path === '/ws-tickets') {
      const ticket = randomBytes(12).toString('hex')
      tickets.set(ticket, user.id)
      return json(response, 201, { ticket, expires_in: 30 })
    }
    if (path === '/queries/submit') return submit(request, response, user, body)
    if (path === '/queries') return list(response, user, url)
    return one(request, response, user, path)
  }

  function auth(request: IncomingMessage, response: ServerResponse, path: string, body: Record<string, unknown>): void {
    if (request.headers['x-concord-client'] !== 'console') return problem(response, 400, 'Not the console.')
    const [email, password] = [String(body['email']), String(body['password'])]
    if (path === '/auth/refresh') {
      const cookie = /concord_refresh=([0-9a-f]+)/.exec(request.headers.cookie ?? '')?.[1]
      const granted = accounts.refresh(cookie)
      return granted ? signedIn(response, 200, granted) : problem(response, 401, 'The session has ended.')
    }
    if (path === '/auth/login') {
      const granted = accounts.signIn(email, password)
      return granted ? signedIn(response, 200, granted) : problem(response, 401, 'The e-mail or the password is wrong.')
    }
    const granted = accounts.register(email, password, String(body['full_name']))
    return granted ? signedIn(response, 201, granted) : problem(response, 409, 'An account with this e-mail exists.')
  }

  function submit(request: IncomingMessage, response: ServerResponse, user: User, body: Record<string, unknown>): void {
    const parsed = SubmitQuery.safeParse(body)
    if (!parsed.success) return problem(response, 400, parsed.error.message)
    const used = ownQueries(user).length
    if (used >= dailyLimit) {
      response.setHeader('retry-after', '11520')
      return problem(response, 429, `The ${dailyLimit} questions of today are used up.`)
    }
    const key = String(request.headers['idempotency-key'])
    const before = answered.get(key)
    if (before) return json(response, 202, before)
    const id = `qry_${String(queries.size + 1).padStart(32, '0')}`
    const models = parsed.data.models ?? ['gpt5', 'claude', 'gemini', 'grok']
    const scenario = scenarioFor(parsed.data.query, models)
    const slow = parsed.data.query.includes('slowly') ? 0.25 : 1
    queries.set(
      id,
      fakeQuery({ id, owner: user.id, body: parsed.data, models, scenario, speed: (o.speed ?? 1) * slow }),
    )
    const accepted = {
      query_id: id,
      status: 'processing',
      estimated_time: 15,
      webhook_url: `ws://localhost/api/v1/ws/${id}`,
      daily_usage: { current: used + 1, limit: dailyLimit, remaining: dailyLimit - used - 1 },
    }
    answered.set(key, accepted)
    json(response, 202, accepted)
  }

  function ownQueries(user: User): FakeQuery[] {
    return [...queries.values()].filter(({ owner }) => owner === user.id)
  }

  function stats(user: User) {
    const today = { queries_count: ownQueries(user).length, tokens_used: 0 }
    return { today, total_queries: today.queries_count, avg_confidence: null, plan: user.plan }
  }

  function list(response: ServerResponse, user: User, url: URL): void {
    const from = Number(url.searchParams.get('cursor') ?? 0)
    const size = 5
    const all = ownQueries(user)
      .toReversed()
      .map((query) => query.summary())
    const next = from + size < all.length ? String(from + size) : null
    json(response, 200, { data: all.slice(from, from + size), next_cursor: next })
  }

  function one(request: IncomingMessage, response: ServerResponse, user: User, path: string): void {
    const [, id = '', action] = /^\/queries\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? []
    const query = queries.get(id)
    if (!query || query.owner !== user.id) return problem(response, 404, 'No such query.')
    if (action === 'events') return live.stream(request, response, query)
    if (action === 'results') return json(response, 200, query.detail().results)
    if (action === 'cancel') {
      if (query.hasEnded()) return problem(response, 409, 'The query has ended.')
      query.cancel()
      return json(response, 202, {})
    }
    if (request.method === 'DELETE') {
      queries.delete(id)
      response.writeHead(204).end()
      return
    }
    json(response, 200, query.detail())
  }

  await new Promise<void>((resolve) => server.listen(o.port ?? 0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    accounts,
    faults,
    requests,
    queries,
    async close() {
      live.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function scenarioFor(question: string, models: readonly string[]) {
  // Untrusted text travels through questions and models alike.
  const extra = question.includes('<') ? question : undefined
  if (/fails/.test(question)) return failedScenario(models)
  if (/monolith/.test(question)) return openScenario(models, extra)
  return closedScenario({ models, ...(/loses/.test(question) ? { lost: 'grok' } : {}), ...(extra ? { extra } : {}) })
}

function signedIn(response: ServerResponse, status: number, granted: { refresh: string; body: unknown }): void {
  response.setHeader('set-cookie', `concord_refresh=${granted.refresh}; HttpOnly; SameSite=Strict; Path=/api/v1/auth`)
  json(response, status, granted.body)
}

function signOut(response: ServerResponse): void {
  response.setHeader('set-cookie', 'concord_refresh=; Max-Age=0; HttpOnly; SameSite=Strict; Path=/api/v1/auth')
  response.writeHead(204).end()
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function problem(response: ServerResponse, status: number, detail: string): void {
  response.writeHead(status, { 'content-type': 'application/problem+json' })
  response.end(
    JSON.stringify({ type: 'about:blank', title: 'Problem', status, detail, instance: '/', trace_id: 'abc' }),
  )
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  const text = Buffer.concat(chunks).toString()
  return text === '' ? {} : JSON.parse(text)
}
