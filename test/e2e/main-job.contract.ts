import { apiClient, registerUser, submitQuery, testPassword, textAt } from '@concord/testing/api-client'
import type { ApiClient } from '@concord/testing/api-client'
import { emulatorControl } from '@concord/testing/emulator-control'
import { openSocket, readEventStream } from '@concord/testing/live-reader'
import type { MeshProcess } from '@concord/testing/mesh-process'
import { beforeAll, describe, expect, test } from 'vitest'
import * as page from './api-page.ts'
import { completedResults, durableEvents, untilEnded } from './deliberations.ts'

const panel = ['gpt5', 'claude', 'gemini', 'grok']
/** The first example of the API page, with a question in the place of its ellipsis. */
const example = {
  query: 'What is 17 * 23?',
  models: panel,
  debate_rounds: 2,
  consensus_threshold: 0.75,
  answer_type: 'auto',
  choices: null,
  language: 'auto',
  effort: 'thorough',
  max_cost_usd: null,
  deadline_s: 120,
  preprompt_id: null,
}

/** Models that take a moment, so that whoever comes right after the 202 still finds them at work. */
async function withSlowModels<Result>({ emulators }: MeshProcess, work: () => Promise<Result>): Promise<Result> {
  const control = emulatorControl(emulators)
  await control.fault({ fault: { kind: 'latency', ms: 400 } })
  try {
    return await work()
  } finally {
    await control.reset()
  }
}

/** The main job as a client sees it, by HTTP alone. */
export function mainJob(meshOf: () => MeshProcess): void {
  let api: ApiClient
  beforeAll(async () => {
    api = (await registerUser(apiClient(meshOf().url))).api
  })

  describe('from the question to the results', () => {
    test('registers, signs in and tells who is there, in the shapes of the API page', async () => {
      const anyone = apiClient(meshOf().url)
      const body = { email: `ada-${Date.now()}@example.org`, password: testPassword, full_name: 'Ada' }

      const registered = await anyone.post('/auth/register', body)
      const again = await anyone.post('/auth/register', body)
      const signedIn = await anyone.post('/auth/login', { email: body.email, password: body.password })

      expect(registered.status).toBe(201)
      const { user, access_token: token } = page.signedIn.parse(registered.body)
      expect(user).toMatchObject({ email: body.email, role: 'user', plan: 'free', company_id: null })
      expect(again.status).toBe(409)
      expect(signedIn.status).toBe(200)
      expect(page.signedIn.parse(signedIn.body).user).toEqual(user)
      expect(page.user.parse((await anyone.as(token).get('/auth/me')).body)).toEqual(user)
    })

    test('answers the API page’s first example field by field, and its events tell the same story', async () => {
      const { submitted, stream } = await withSlowModels(meshOf(), async () => {
        const answer = await api.post('/queries/submit', example)
        return { submitted: answer, stream: await readEventStream(api, textAt(answer.body, 'query_id')) }
      })

      expect(submitted.status).toBe(202)
      const { query_id: id, webhook_url: socketUrl, daily_usage: usage } = page.accepted.parse(submitted.body)
      expect(usage.limit).toBe(10)
      expect(usage.remaining).toBe(10 - usage.current)
      expect(socketUrl).toBe(`${meshOf().url.replace('http', 'ws')}/api/v1/ws/${id}`)

      const { status, messages, ids } = stream
      const events = durableEvents(messages)
      const results = page.completed.parse((await api.get(`/queries/${id}/results`)).body)

      expect(status).toBe(200)
      expect(ids.filter((eventId) => eventId !== undefined)).toEqual(events.map(({ seq }) => String(seq)))
      expect(events[0]?.type).toBe('query_started')
      expect(events.at(-1)?.type).toBe('query_completed')
      expect(events.at(-1)?.data).toEqual(results)
      for (const type of ['round_started', 'model_started', 'model_answered', 'agreement_measured', 'round_completed'])
        expect(events.map((event) => event.type)).toContain(type)
      expect(messages.map(({ type }) => type)).toContain('model_delta')
      expect(messages.map(({ type }) => type)).toContain('synthesis_delta')

      expect(results).toMatchObject({ question: example.query, answer_type: 'number' })
      expect(results.consensus).toMatchObject({ answer: '391', reached: true, overrules_majority: false })
      expect(Object.keys(results.individual_responses).toSorted()).toEqual(panel.toSorted())
      expect(Object.values(results.individual_responses).every(({ status: its }) => its === 'ok')).toBe(true)
      expect(Object.values(results.individual_responses).every(({ sandbox }) => sandbox)).toBe(true)
      expect(results.metadata).toMatchObject({ models_failed: [], degraded: false })
      expect(results.metadata.tokens.input).toBeGreaterThan(0)
    })

    test('pushes query_completed to a socket of the query, which then closes', async () => {
      const { id, socket, code } = await withSlowModels(meshOf(), async () => {
        const queryId = await submitQuery(api, { query: 'What is 12 * 12?' })
        const opened = await openSocket(api, `/ws/${queryId}`)
        return { id: queryId, socket: opened, ...(await opened.closed) }
      })

      const events = durableEvents(socket.messages)
      expect(code).toBe(1000)
      expect(events.at(-1)?.type).toBe('query_completed')
      expect(events.at(-1)?.data).toEqual((await api.get(`/queries/${id}/results`)).body)
      expect(socket.messages.map(({ type }) => type)).toContain('model_delta')
    })

    test('gives a socket that comes back what came after, then the end', async () => {
      const id = await submitQuery(api, { query: 'What is 11 * 12?' })
      await completedResults(api, id)
      const whole = await openSocket(api, `/ws/${id}`)
      await whole.closed
      const later = await openSocket(api, `/ws/${id}?after=5`)
      await later.closed
      const resumed = await readEventStream(api, id, { lastEventId: '5' })

      expect(durableEvents(later.messages, 5)).toEqual(durableEvents(whole.messages).slice(5))
      expect(durableEvents(resumed.messages, 5)).toEqual(durableEvents(whole.messages).slice(5))
    })

    test('follows several queries on one socket that a ticket opened once', async () => {
      const ticket = textAt((await api.post('/ws-tickets')).body, 'ticket')
      const anyone = api.as(undefined)
      const socket = await openSocket(anyone, '/ws', { ticket })
      await expect(openSocket(anyone, '/ws', { ticket })).rejects.toThrow('401')
      const ids = await Promise.all([
        submitQuery(api, { query: 'What is 3 * 4?' }),
        submitQuery(api, { query: 'What is 5 * 6?' }),
      ])

      for (const id of ids) socket.send({ type: 'subscribe_query', query_id: id, after: 1 })
      for (const id of ids) await socket.until(({ type, query_id: of }) => type === 'query_completed' && of === id)
      socket.close()

      for (const id of ids)
        durableEvents(
          socket.messages.filter(({ query_id: of }) => of === id),
          1,
        )
    })
  })
}

/** The kinds of questions and the routes around a query; a free plan's day allows ten of them. */
export function questionsAndRoutes(meshOf: () => MeshProcess): void {
  let api: ApiClient
  beforeAll(async () => {
    api = (await registerUser(apiClient(meshOf().url))).api
  })

  describe('kinds of questions', () => {
    test.each([
      { kind: 'number', ask: { query: 'What is 144 / 12?', answer_type: 'number' }, answer: '12' },
      { kind: 'boolean', ask: { query: 'Is 97 a prime number?', answer_type: 'boolean' }, answer: 'yes' },
      {
        kind: 'choice',
        ask: {
          query: 'What is the capital of Australia?',
          answer_type: 'choice',
          choices: ['Sydney', 'Canberra', 'Melbourne', 'Perth'],
        },
        answer: 'Canberra',
      },
    ])('answers a $kind question with its canonical answer', async ({ kind, ask, answer }) => {
      const { answer_type: type, consensus } = await completedResults(api, await submitQuery(api, ask))

      expect(type).toBe(kind)
      expect(consensus.answer).toBe(answer)
      expect(consensus.summary).not.toBe('')
    })

    test('answers an open question by claims that were voted on, and without a canonical answer', async () => {
      const id = await submitQuery(api, { query: 'Should cities invest in bicycle lanes?' })
      const { answer_type: type, consensus } = await completedResults(api, id)

      expect(type).toBe('open')
      expect(consensus.answer).toBeNull()
      expect(consensus.claims.length).toBeGreaterThanOrEqual(3)
      expect(new Set(consensus.claims.map(({ id: claim }) => claim)).size).toBe(consensus.claims.length)
      for (const { votes } of consensus.claims)
        expect(votes.map(({ model }) => model).toSorted()).toEqual(panel.toSorted())
      expect(consensus.convergence_points.length).toBeGreaterThan(0)
    })

    test('answers in French what was asked in French', async () => {
      const id = await submitQuery(api, { query: 'Pourquoi le sommeil est-il important pour la mémoire ?' })
      const { consensus } = await completedResults(api, id)

      expect(consensus.summary).toMatch(/\b(le|la|les|une|des)\b/)
      expect(consensus.summary).not.toMatch(/\b(the|and|with|that)\b/i)
    })

    test('asks a single model where one was named, and completes with it', async () => {
      const id = await submitQuery(api, { query: 'What is 9 * 9?', models: ['claude'] })
      const { consensus, individual_responses: responses } = await completedResults(api, id)

      expect(consensus.answer).toBe('81')
      expect(Object.keys(responses)).toEqual(['claude'])
    })
  })

  describe('the routes around a query', () => {
    test('lists own queries newest first, page by page, and tells them round by round', async () => {
      const first = page.page.parse((await api.get('/queries?limit=2')).body)
      const second = page.page.parse((await api.get(`/queries?limit=2&cursor=${first.next_cursor}`)).body)
      const [newest] = first.data
      const detail = page.detail.parse((await api.get(`/queries/${newest?.query_id}`)).body)

      const ids = [...first.data, ...second.data].map(({ query_id: id }) => id)
      expect(ids).toHaveLength(4)
      expect(ids).toEqual(ids.toSorted().toReversed())
      expect(detail.rounds[0]?.turns.map(({ purpose }) => purpose)).toContain('opening')
      expect(detail.rounds.flatMap(({ turns }) => turns).every(({ status }) => status === 'ok')).toBe(true)
    })

    test('counts today’s queries and names the plan', async () => {
      const stats = page.stats.parse((await api.get('/user/stats')).body)

      expect(stats.plan).toBe('free')
      expect(stats.today.queries_count).toBe(stats.total_queries)
      expect(stats.today.tokens_used).toBeGreaterThan(0)
      expect(stats.avg_confidence).toBeGreaterThan(0)
    })

    test('shows the panel, in the sandbox', async () => {
      const { data } = page.panel.parse((await api.get('/panel')).body)

      expect(data.map(({ name }) => name)).toEqual(expect.arrayContaining(panel))
      expect(data.every(({ state }) => state === 'sandbox')).toBe(true)
    })

    test('gives the first answer again for the same idempotency key, and refuses it for another body', async () => {
      const key = { 'idempotency-key': `key-${Date.now()}` }
      const ask = { query: 'What is 2 * 8?' }

      const first = await api.post('/queries', ask, key)
      const again = await api.post('/queries', ask, key)
      const other = await api.post('/queries', { query: 'What is 2 * 9?' }, key)

      expect(first.status).toBe(202)
      expect(first.headers.get('idempotent-replayed')).toBeNull()
      expect(again.status).toBe(202)
      expect(again.headers.get('idempotent-replayed')).toBe('true')
      expect(again.body).toEqual(first.body)
      expect(other.status).toBe(409)
      page.problem.parse(other.body)
      await untilEnded(api, textAt(first.body, 'query_id'))
    })

    test('cancels a running query once, and answers 409 when it has ended', async () => {
      const { api: other } = await registerUser(apiClient(meshOf().url))
      const { id, cancelled } = await withSlowModels(meshOf(), async () => {
        const queryId = await submitQuery(other, { query: 'What are the causes of inflation?' })
        page.running.parse((await other.get(`/queries/${queryId}/results`)).body)
        return { id: queryId, cancelled: await other.post(`/queries/${queryId}/cancel`) }
      })
      const again = await other.post(`/queries/${id}/cancel`)
      const { messages } = await readEventStream(other, id)

      expect(cancelled.status).toBe(200)
      expect(cancelled.body).toMatchObject({ query_id: id, status: 'cancelled' })
      expect(again.status).toBe(409)
      expect(page.problem.parse(again.body).status).toBe(409)
      expect(durableEvents(messages).at(-1)?.type).toBe('query_cancelled')
      expect((await other.get('/user/stats')).body).toMatchObject({ today: { queries_count: 1 } })
    })

    test('erases a query on every route', async () => {
      const { api: other } = await registerUser(apiClient(meshOf().url))
      const id = await submitQuery(other, { query: 'What is 6 * 7?', models: ['gpt5'] })
      await untilEnded(other, id)

      const erased = await other.call('DELETE', `/queries/${id}`)

      expect(erased.status).toBe(204)
      for (const path of [`/queries/${id}`, `/queries/${id}/results`, `/queries/${id}/events`])
        expect((await other.get(path)).status).toBe(404)
      expect((await other.call('DELETE', `/queries/${id}`)).status).toBe(404)
      expect(page.page.parse((await other.get('/queries')).body).data).toEqual([])
    })
  })
}
