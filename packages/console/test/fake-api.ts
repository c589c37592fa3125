import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { GiveFeedback } from '@concord/contracts/feedback'
import type { User } from '@concord/contracts/identity'
import { fakeAccounts, type FakeAccounts } from './fake-accounts.ts'
import { json, problem, readJson, servePage } from './fake-answers.ts'
import { serveAuth, signOut } from './fake-auth-routes.ts'
import { serveLive, type LiveFaults, type OpenedSocket } from './fake-live.ts'
import { feedbackOn } from './fake-feedback.ts'
import { fakePanel } from './fake-panel.ts'
import type { FakeQuery } from './fake-query.ts'
import { queryRoutes } from './fake-query-routes.ts'

type ApiFaults = {
  unavailable: boolean
  /** Feedback is refused: the query is being deliberated again, say. */
  refuseFeedback: boolean
  /** The panel is answered when this is. */
  panelHeld: Promise<void> | undefined
}

export type FakeApi = {
  url: string
  accounts: FakeAccounts
  faults: LiveFaults & ApiFaults
  /** Every request, as `GET /api/v1/panel`. */
  requests: string[]
  queries: Map<string, FakeQuery>
  sockets: OpenedSocket[]
  /** The bodies of all feedback that was taken. */
  feedback: GiveFeedback[]
  close(): Promise<void>
}

type Live = ReturnType<typeof serveLive>
type State = Pick<FakeApi, 'accounts' | 'faults' | 'queries' | 'sockets' | 'feedback'> & {
  routes: ReturnType<typeof queryRoutes>
  tickets: Map<string, string>
}

/** The API's contract as far as the page uses it, with scripted deliberations. Test equipment. */
export async function startFakeApi(o: { dist: string; speed?: number; port?: number }): Promise<FakeApi> {
  const queries = new Map<string, FakeQuery>()
  const requests: string[] = []
  const state: State = {
    accounts: fakeAccounts(),
    queries,
    routes: queryRoutes(queries, o.speed ?? 1),
    tickets: new Map(),
    sockets: [],
    feedback: [],
    faults: {
      refuseSockets: false,
      refuseStreams: false,
      dropSocketsAfter: [],
      swallow: new Set(),
      closeSocketsAfter: [],
      unavailable: false,
      refuseFeedback: false,
      panelHeld: undefined,
    },
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    requests.push(`${request.method} ${url.pathname}`)
    const served = url.pathname.startsWith('/api/')
      ? serveApi(state, live, { request, response, url })
      : servePage(response, o.dist, url.pathname)
    served.catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      problem(response, 500, 'Internal error')
    })
  })
  const live = serveLive({ server, ...state })

  await new Promise<void>((resolve) => server.listen(o.port ?? 0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    accounts: state.accounts,
    faults: state.faults,
    requests,
    queries,
    sockets: state.sockets,
    feedback: state.feedback,
    async close() {
      live.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type Call = { request: IncomingMessage; response: ServerResponse; url: URL }

async function serveApi(state: State, live: Live, { request, response, url }: Call): Promise<void> {
  const path = url.pathname.replace('/api/v1', '')
  const body = await readJson(request)
  if (state.faults.unavailable) return problem(response, 503, 'The service is starting.')
  if (['/auth/register', '/auth/login', '/auth/refresh'].includes(path)) {
    return serveAuth(state.accounts, request, response, { path, body })
  }
  const user = state.accounts.userOf(request.headers.authorization)
  if (!user) return problem(response, 401, 'The token is missing, wrong or has expired.')
  const call = { request, response, user }
  switch (path) {
    case '/auth/logout':
      return signOut(response)
    case '/auth/me':
      return json(response, 200, user)
    case '/panel':
      await state.faults.panelHeld
      return json(response, 200, fakePanel)
    case '/user/stats':
      return state.routes.stats(call)
    case '/ws-tickets':
      return json(response, 201, { ticket: newTicket(state, user), expires_in: 30 })
    case '/queries/submit':
      return state.routes.submit(call, body)
    case '/queries':
      return state.routes.list(call, url.searchParams.get('cursor'))
    default:
      return serveQuery(state, live, { ...call, body }, path)
  }
}

function serveQuery(
  state: State,
  live: Live,
  call: { request: IncomingMessage; response: ServerResponse; user: User; body: unknown },
  path: string,
): void {
  const { routes } = state
  const { request, response, user } = call
  const [, id = '', action] = /^\/queries\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? []
  const query = routes.find(user, id)
  if (!query) return problem(response, 404, 'No such query.')
  if (action === 'events') return live.stream(request, response, query)
  if (action === 'results') return json(response, 200, query.detail().results)
  if (action === 'feedback') return takeFeedback(state, call, query)
  if (action === 'cancel') return routes.cancel(call, query)
  return request.method === 'DELETE' ? routes.remove(call, query) : json(response, 200, query.detail())
}

function takeFeedback(
  { faults, feedback }: State,
  { response, body }: { response: ServerResponse; body: unknown },
  query: FakeQuery,
): void {
  const given = GiveFeedback.safeParse(body)
  if (!given.success) return problem(response, 400, given.error.message)
  if (faults.refuseFeedback) return problem(response, 503, 'The records cannot be reached.')
  const { results } = query.detail()
  if (results.status !== 'completed') return problem(response, 409, 'The query has no answer.')
  feedback.push(given.data)
  query.keepFeedback({ correct: given.data.correct })
  json(response, 200, feedbackOn(results, given.data))
}

function newTicket({ tickets }: State, user: User): string {
  const ticket = randomBytes(12).toString('hex')
  tickets.set(ticket, user.id)
  return ticket
}
