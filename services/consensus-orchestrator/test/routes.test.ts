import { newId } from '@concord/service-kit/ids'
import { engines } from '@concord/testing/engines'
import type { Engine } from '@concord/testing/engines'
import { sql } from '@concord/database/sql'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { aModel, panelOf, startNeighbours } from './neighbours.ts'
import type { Neighbours } from './neighbours.ts'
import { aUser, migrations, startOrchestrator, storedEvents } from './start-orchestrator.ts'
import type { Orchestrator } from './start-orchestrator.ts'

const question = { query: 'What is 17 times 23?' }
const council = [...panelOf('gpt5', 'claude', 'gemini', 'grok'), aModel({ name: 'silent', state: 'unconfigured' })]

let engine: Engine
let neighbours: Neighbours
let orchestrator: Orchestrator

beforeAll(async () => {
  neighbours = await startNeighbours()
  neighbours.models = council
  engine = await engines[0].open({ migrations })
  orchestrator = await startOrchestrator({ engine, neighbours })
})
afterAll(async () => {
  await orchestrator.close()
  await engine.close()
  await neighbours.close()
})

describe.each(['/queries', '/queries/submit'])('POST %s', (url) => {
  test('answers 202 with the id, the live socket’s address and the day’s usage', async () => {
    const user = await aUser(neighbours, orchestrator, { plan: 'pro' })

    const response = await user.send('POST', url, question)

    expect(response.statusCode).toBe(202)
    const { query_id: id, ...rest } = response.json()
    expect(id).toMatch(/^qry_[0-9a-f]{32}$/)
    expect(rest).toEqual({
      status: 'processing',
      estimated_time: expect.any(Number),
      webhook_url: `ws://concord.test/api/v1/ws/${id}`,
      daily_usage: { current: 1, limit: 100, remaining: 99 },
    })
  })

  test('takes the longest question and choices that there may be, each sign written as an escape', async () => {
    const user = await aUser(neighbours, orchestrator, { plan: 'pro' })
    const escaped = (length: number, last: string) => `"${'\\u00e9'.repeat(length - last.length)}${last}"`
    const choices = Array.from({ length: 26 }, (_, index) => escaped(500, String(index))).join(',')
    const body = `{"query": ${escaped(8_000, '')}, "answer_type": "choice", "choices": [${choices}]}`

    const response = await orchestrator.server.inject({
      method: 'POST',
      url,
      headers: { ...user.headers, 'content-type': 'application/json' },
      payload: body,
    })

    expect(Buffer.byteLength(body)).toBeGreaterThan(64 * 1_024)
    expect(response.statusCode).toBe(202)
  })

  test('gives null as limit and remaining where the plan is unlimited', async () => {
    const user = await aUser(neighbours, orchestrator, { plan: 'guardian' })

    const response = await user.send('POST', url, question)

    expect(response.json().daily_usage).toEqual({ current: 1, limit: null, remaining: null })
  })

  test.each([
    ['no body', undefined, 400, '#'],
    ['no query', {}, 400, '#/query'],
    ['an empty query', { query: ' ' }, 400, '#/query'],
    ['a query of 8,001 characters', { query: 'a'.repeat(8_001) }, 400, '#/query'],
    ['a number for a query', { query: 7 }, 400, '#/query'],
    ['an unknown field', { ...question, extra: true }, 400, '#/extra'],
    ['an unknown model', { ...question, models: ['gpt5', 'nobody'] }, 400, '#/models/1'],
    ['a model without a key', { ...question, models: ['silent'] }, 400, '#/models/0'],
    ['a model twice', { ...question, models: ['gpt5', 'gpt5'] }, 400, '#/models'],
    ['no model', { ...question, models: [] }, 400, '#/models'],
    ['a coercible number', { ...question, debate_rounds: '2' }, 400, '#/debate_rounds'],
    ['too many rounds', { ...question, debate_rounds: 6 }, 400, '#/debate_rounds'],
    ['a threshold below a half', { ...question, consensus_threshold: 0.4 }, 400, '#/consensus_threshold'],
    ['a deadline too near', { ...question, deadline_s: 4 }, 400, '#/deadline_s'],
    ['an unknown effort', { ...question, effort: 'some' }, 400, '#/effort'],
    ['null where the example has none', { ...question, language: null }, 400, '#/language'],
    ['an unknown preprompt', { ...question, preprompt_id: 'ppt_1' }, 400, '#/preprompt_id'],
    ['choice without choices', { ...question, answer_type: 'choice' }, 422, '#/choices'],
    ['choices without choice', { ...question, answer_type: 'number', choices: ['1', '2'] }, 422, '#/choices'],
    ['a bound below the cost of asking', { ...question, max_cost_usd: 1e-7 }, 422, '#/max_cost_usd'],
  ])('refuses %s and names the field', async (_case, body, status, pointer) => {
    const user = await aUser(neighbours, orchestrator)

    const response = await user.send('POST', url, body)

    expect(response.statusCode).toBe(status)
    expect(response.headers['content-type']).toContain('application/problem+json')
    expect(response.json().errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer)
    expect((await user.send('GET', '/user/stats')).json()).toMatchObject({
      today: { queries_count: 0 },
      total_queries: 0,
    })
  })

  test.each([
    ['a prototype key', '{"query":"q","__proto__":{"a":1}}'],
    ['deep nesting', `{"query":${'['.repeat(2_000)}${']'.repeat(2_000)}}`],
    ['a NUL character', '{"query":"a\\u0000b"}'],
    ['half of a surrogate pair', '{"query":"\\ud800"}'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0x71, 0xff, 0xfe, 0x22, 0x7d])],
    ['what is not JSON', '{"query":'],
  ])('refuses %s', async (_case, payload) => {
    const token = await neighbours.userToken(newId('usr'))
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }

    const response = await orchestrator.server.inject({ method: 'POST', url, headers, payload })

    expect(response.statusCode).toBe(400)
    expect(response.headers['content-type']).toContain('application/problem+json')
  })

  test('keeps SQL and script text as text', async () => {
    const user = await aUser(neighbours, orchestrator)
    const query = `'); drop table consensus.queries; -- <script>alert(1)</script> \${7*7} {{7*7}}`

    const accepted = await user.send('POST', url, { query })

    expect((await user.results(accepted.json().query_id)).question).toBe(query)
  })

  test('answers 401 without a token and 403 to a token narrowed to reading', async () => {
    const anonymous = await orchestrator.server.inject({ method: 'POST', url, payload: question })
    const reader = await aUser(neighbours, orchestrator, { scope: 'queries:read' })

    expect(anonymous.statusCode).toBe(401)
    expect(anonymous.headers['www-authenticate']).toContain('Bearer')
    expect((await reader.send('POST', url, question)).statusCode).toBe(403)
  })
})

describe('models', () => {
  afterEach(() => {
    neighbours.models = council
  })

  test('are all that have a key, at most four, where none are named', async () => {
    neighbours.models = [aModel({ name: 'silent', state: 'unconfigured' }), ...panelOf('a', 'b', 'c', 'd', 'e')]
    await forgetPanel()
    const user = await aUser(neighbours, orchestrator)

    const queryId = await user.submit(question)

    expect((await user.send('GET', `/queries/${queryId}`)).json().models).toEqual(['a', 'b', 'c', 'd'])
  })

  test('answers 503 where none has a key', async () => {
    neighbours.models = [aModel({ state: 'unconfigured' })]
    await forgetPanel()
    const user = await aUser(neighbours, orchestrator)

    expect((await user.send('POST', '/queries', question)).statusCode).toBe(503)
  })

  test('are shown with state, prices and reliability on GET /panel', async () => {
    neighbours.models = [aModel({ name: 'gpt5', state: 'degraded' })]
    await forgetPanel()
    const user = await aUser(neighbours, orchestrator)

    const { data } = (await user.send('GET', '/panel')).json()

    expect(data).toEqual([
      {
        ...aModel({ name: 'gpt5', state: 'degraded' }),
        reliability: [{ domain: 'overall', mean: 0.6667, low: 0.3426, high: 0.9236, graded_items: 0, calibration: [] }],
      },
    ])
  })
})

describe('own queries', () => {
  test.each([
    ['GET', ''],
    ['GET', '/results'],
    ['DELETE', ''],
    ['POST', '/cancel'],
  ] as const)(
    '%s /queries/{id}%s answers 404 for another user’s query as for one that never was',
    async (method, end) => {
      const owner = await aUser(neighbours, orchestrator)
      const other = await aUser(neighbours, orchestrator)
      const queryId = await owner.submit(question)

      const theirs = await other.send(method, `/queries/${queryId}${end}`)
      const never = await other.send(method, `/queries/${newId('qry')}${end}`)
      const nonsense = await other.send(method, `/queries/..%2f..%2fetc${end}`)
      const anonymous = await orchestrator.server.inject({ method, url: `/queries/${queryId}${end}` })

      expect([theirs.statusCode, never.statusCode, nonsense.statusCode]).toEqual([404, 404, 404])
      expect(theirs.json().detail).toBe(never.json().detail)
      expect(anonymous.statusCode).toBe(401)
      expect((await owner.results(queryId)).status).toBe('processing')
    },
  )

  test('are listed newest first, in pages that neither repeat nor skip', async () => {
    const user = await aUser(neighbours, orchestrator)
    const ids: string[] = []
    for (let index = 0; index < 5; index++) ids.unshift(await user.submit({ query: `Question ${index}?` }))

    const seen: string[] = []
    let cursor = ''
    do {
      const page = (await user.send('GET', `/queries?limit=2${cursor}`)).json()
      seen.push(...page.data.map((query: { query_id: string }) => query.query_id))
      cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`
    } while (cursor !== '')

    expect(seen).toEqual(ids)
  })

  test.each([
    'limit=0',
    'limit=101',
    'limit=1.5',
    'limit=abc',
    'limit=',
    'cursor=nonsense',
    'cursor=',
    'page=2',
    'limit=1&limit=2',
  ])('a list asked for with %s answers 400', async (query) => {
    const user = await aUser(neighbours, orchestrator)

    expect((await user.send('GET', `/queries?${query}`)).statusCode).toBe(400)
  })

  test('are erased by DELETE: 204, then 404, and no row is left', async () => {
    const user = await aUser(neighbours, orchestrator)
    const queryId = await user.submit(question)

    const deleted = await user.send('DELETE', `/queries/${queryId}`)
    const again = await user.send('DELETE', `/queries/${queryId}`)
    const { db } = orchestrator.platform.database
    const left = await db.execute(
      sql`select 1 from consensus.queries where id = ${queryId} union all select 1 from consensus.events where query_id = ${queryId} union all select 1 from consensus.turns where query_id = ${queryId}`,
    )

    expect([deleted.statusCode, deleted.body, again.statusCode]).toEqual([204, '', 404])
    expect(left.rows).toEqual([])
  })

  test('POST cancel takes an empty object but no unknown field', async () => {
    const user = await aUser(neighbours, orchestrator)
    const queryId = await user.submit(question)

    const unknown = await user.send('POST', `/queries/${queryId}/cancel`, { why: 'because' })
    const empty = await user.send('POST', `/queries/${queryId}/cancel`, {})

    expect([unknown.statusCode, empty.statusCode]).toEqual([400, 200])
  })

  test('show no personal text in any column at rest', async () => {
    const user = await aUser(neighbours, orchestrator)
    const secret = 'the-blue-marmot-sings'
    const queryId = await user.submit({ query: secret, answer_type: 'choice', choices: [`${secret} A`, `${secret} B`] })

    const { db } = orchestrator.platform.database
    const queries = await db.execute(sql`select * from consensus.queries where id = ${queryId}`)
    const events = await db.execute(sql`select * from consensus.events where query_id = ${queryId}`)
    const turns = await db.execute(sql`select * from consensus.turns where query_id = ${queryId}`)

    expect(JSON.stringify([queries.rows, events.rows, turns.rows])).not.toContain('marmot')
    expect((await user.send('GET', `/queries/${queryId}`)).json().settings.choices).toEqual([
      `${secret} A`,
      `${secret} B`,
    ])
  })
})

describe('GET /internal/queries/{id}/events', () => {
  test('gives the owner and the events after a number, to services only', async () => {
    const user = await aUser(neighbours, orchestrator)
    const queryId = await user.submit(question)

    const all = await storedEvents(orchestrator, neighbours, queryId)
    const rest = await storedEvents(orchestrator, neighbours, queryId, all.last_seq)
    const asUser = await user.send('GET', `/internal/queries/${queryId}/events`)

    expect(all).toMatchObject({ user_id: user.id, ended: false })
    expect(all.events[0]).toMatchObject({ seq: 1, type: 'query_started', data: { question: question.query } })
    expect(rest.events.every(({ seq }) => seq > all.last_seq)).toBe(true)
    expect(asUser.statusCode).toBe(403)
  })

  test.each(['after=-1', 'after=x', 'after=1e3', 'before=3'])('answers 400 to %s', async (query) => {
    const headers = { authorization: `Bearer ${await neighbours.serviceToken()}` }

    const response = await orchestrator.server.inject({
      url: `/internal/queries/${newId('qry')}/events?${query}`,
      headers,
    })

    expect(response.statusCode).toBe(400)
  })
})

test('GET /user/stats counts today, all, and gives the plan', async () => {
  const user = await aUser(neighbours, orchestrator, { plan: 'researcher' })
  await user.submit(question)

  expect((await user.send('GET', '/user/stats')).json()).toEqual({
    today: { queries_count: 1, tokens_used: 0 },
    total_queries: 1,
    avg_confidence: null,
    plan: 'researcher',
  })
})

test('every route of the API has an operation id and a summary in the OpenAPI document', async () => {
  const { paths } = (await orchestrator.server.inject('/openapi.json')).json()

  const operations = Object.values<Record<string, { operationId?: string; summary?: string }>>(paths).flatMap(
    Object.values,
  )
  expect(Object.keys(paths).toSorted()).toEqual(
    expect.arrayContaining([
      '/panel',
      '/queries',
      '/queries/submit',
      '/queries/{id}',
      '/queries/{id}/cancel',
      '/queries/{id}/results',
      '/user/stats',
    ]),
  )
  expect(operations.filter(({ operationId }) => operationId).every(({ summary }) => summary)).toBe(true)
  expect(Object.keys(paths).some((path) => path.startsWith('/internal'))).toBe(false)
})

test('ai-inference out of reach: 503, and nothing is counted', async () => {
  const other = await startNeighbours()
  other.models = undefined
  const cut = await startOrchestrator({ engine, neighbours: other })
  const user = await aUser(other, cut)

  const response = await user.send('POST', '/queries', question)

  expect(response.statusCode).toBe(503)
  expect((await user.send('GET', '/user/stats')).json().today.queries_count).toBe(0)
  await cut.close()
  await other.close()
})

/** The list of models is kept for two seconds; a service of its own has none yet. */
async function forgetPanel(): Promise<void> {
  await orchestrator.close()
  orchestrator = await startOrchestrator({ engine, neighbours })
}
