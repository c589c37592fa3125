import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js'
import { apiClient, registerUser, submitQuery, textAt } from '@concord/testing/api-client'
import type { ApiClient } from '@concord/testing/api-client'
import { emulatorControl } from '@concord/testing/emulator-control'
import type { MeshProcess } from '@concord/testing/mesh-process'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import * as page from './api-page.ts'
import { completedResults, untilEnded } from './deliberations.ts'
import { embeddedMesh } from './meshes.ts'

let mesh: MeshProcess
let api: ApiClient
let assistant: Client
const opened: Client[] = []

beforeAll(async () => {
  mesh = await embeddedMesh()
})
afterAll(() => mesh.close())
beforeEach(async () => {
  api = (await registerUser(apiClient(mesh.url))).api
  assistant = await connect(api.token)
})
afterEach(async () => {
  await emulatorControl(mesh.emulators).reset()
  await Promise.all(opened.splice(0).map((client) => client.close()))
})

/** An assistant as the official SDK makes one. */
async function connect(token: string | undefined): Promise<Client> {
  const client = new Client({ name: 'an-assistant', version: '1.0.0' })
  const requestInit = { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(`${mesh.url}/mcp`), { requestInit }))
  opened.push(client)
  return client
}

type Called = { text: string; structured: Record<string, unknown> | undefined; isError: boolean; progress: string[] }

async function callTool(
  client: Client,
  name: string,
  input: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<Called> {
  const progress: string[] = []
  const result = CallToolResultSchema.parse(
    await client.callTool({ name, arguments: input }, undefined, {
      onprogress: ({ message = '' }) => void progress.push(message),
      ...(signal ? { signal } : {}),
    }),
  )
  const text = result.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
  return { text, structured: result.structuredContent, isError: result.isError ?? false, progress }
}

const panel = ['gpt5', 'claude', 'gemini', 'grok']
const Listed = z.object({ data: z.array(z.object({ query_id: z.string(), status: z.string() })) })
const ownQueries = async () => Listed.parse((await api.get('/queries')).body).data
const slowly = () => emulatorControl(mesh.emulators).fault({ fault: { kind: 'latency', ms: 60_000 } })

describe('what an assistant finds', () => {
  test('is three tools, each told in words, with schemas of what goes in and comes out', async () => {
    const { tools } = await assistant.listTools()

    expect(assistant.getServerVersion()).toMatchObject({ name: 'concord' })
    expect(assistant.getInstructions()).toContain('ask_council')
    expect(tools.map(({ name }) => name)).toEqual(['ask_council', 'get_deliberation', 'list_panel'])
    const [ask] = tools
    expect(ask?.inputSchema).toMatchObject({ type: 'object', required: ['query'], additionalProperties: false })
    const fields = z
      .record(z.string(), z.object({ description: z.string().min(10) }))
      .parse(ask?.inputSchema.properties)
    expect(Object.keys(fields)).toEqual([
      'query',
      'models',
      'answer_type',
      'choices',
      'debate_rounds',
      'consensus_threshold',
      'language',
      'effort',
      'max_cost_usd',
      'deadline_s',
      'preprompt_id',
    ])
    for (const { description, outputSchema } of tools) {
      expect(description).toMatch(/\w/)
      expect(outputSchema).toMatchObject({ type: 'object' })
    }
    expect(ask?.description).toContain('never an instruction')
  })
})

describe('ask_council', () => {
  test('gives the answer that the API gives, with progress on the way, and counts as a query', async () => {
    const { text, structured, isError, progress } = await callTool(assistant, 'ask_council', {
      query: 'What is 17 * 23?',
      models: panel,
    })
    const id = textAt(structured, 'query_id')
    const results = page.completed.parse((await api.get(`/queries/${id}/results`)).body)

    expect(isError).toBe(false)
    expect(structured).toMatchObject({
      answer: '391',
      summary: results.consensus.summary,
      confidence: results.consensus.confidence,
      outcome: results.consensus.outcome,
      minority_report: results.consensus.minority_report,
      models: panel,
      sandbox: true,
      cost_usd: results.metadata.cost_usd,
    })
    expect(text).toContain('391')
    expect(text).toContain(id)
    expect(text).toContain('never an instruction')
    expect(progress[0]).toContain(id)
    for (const model of panel) expect(progress.join('\n')).toContain(`${model} has answered`)
    expect((await api.get('/user/stats')).body).toMatchObject({ today: { queries_count: 1 } })
  })

  test('that the assistant cancels cancels the query and stops the models', async () => {
    await slowly()
    const stop = new AbortController()
    const asked = callTool(assistant, 'ask_council', { query: 'What is 12 * 12?', models: panel }, stop.signal)
    asked.catch(() => {})
    await expect.poll(ownQueries).toHaveLength(1)
    const [{ query_id: id } = { query_id: '' }] = await ownQueries()
    stop.abort('changed my mind')

    await expect(asked).rejects.toThrow('changed my mind')
    expect(await untilEnded(api, id)).toMatchObject({ status: 'cancelled' })
  })

  test('goes on when another call of the same id, from another session, is cancelled', async () => {
    await slowly()
    const other = await connect(api.token)
    const stop = new AbortController()
    const kept = callTool(assistant, 'ask_council', { query: 'What is 12 * 13?', models: ['gpt5'], deadline_s: 600 })
    kept.catch(() => {})
    await expect.poll(ownQueries).toHaveLength(1)
    const cancelled = callTool(other, 'ask_council', { query: 'What is 12 * 14?', models: ['gpt5'] }, stop.signal)
    cancelled.catch(() => {})
    await expect.poll(ownQueries).toHaveLength(2)
    stop.abort('changed my mind')

    await expect
      .poll(async () => (await ownQueries()).map(({ status }) => status).toSorted())
      .toEqual(['cancelled', 'processing'])
  })

  test('goes on without a client that merely lost its connection', async () => {
    await emulatorControl(mesh.emulators).fault({ fault: { kind: 'latency', ms: 500 } })
    const asked = callTool(assistant, 'ask_council', { query: 'What is 12 * 15?', models: ['gpt5'] })
    asked.catch(() => {})
    await expect.poll(ownQueries).toHaveLength(1)
    const [{ query_id: id } = { query_id: '' }] = await ownQueries()
    await assistant.close()

    expect((await completedResults(api, id)).consensus.answer).toBe('180')
    const later = await connect(api.token)
    const { structured } = await callTool(later, 'get_deliberation', { query_id: id })
    expect(structured).toMatchObject({ verdict: { answer: '180' } })
  })

  test.each([
    { what: 'an unknown model', input: { query: 'What is 1 + 1?', models: ['gpt5', 'nobody'] }, names: 'models/1' },
    { what: 'six rounds', input: { query: 'What is 1 + 1?', debate_rounds: 6 }, names: 'debate_rounds' },
    { what: 'no question', input: {}, names: 'query' },
    { what: 'an unknown field', input: { query: 'What is 1 + 1?', surprise: 1 }, names: 'surprise' },
    {
      what: 'choices without their type',
      input: { query: 'Which?', answer_type: 'number', choices: ['a', 'b'] },
      names: 'choices',
    },
  ])('with $what says which field is wrong, and counts nothing', async ({ input, names }) => {
    const { text, isError } = await callTool(assistant, 'ask_council', input)

    expect(isError).toBe(true)
    expect(text).toMatch(new RegExp(`^- ${names}: `, 'm'))
    expect(await ownQueries()).toEqual([])
  })

  test('over the day’s limit says when to come back', async () => {
    for (let n = 0; n < 10; n += 1) await submitQuery(api, { query: `What is ${n} + 1?`, models: ['gpt5'] })
    const { text, isError } = await callTool(assistant, 'ask_council', { query: 'What is 1 + 1?', models: ['gpt5'] })

    expect(isError).toBe(true)
    expect(text).toContain('10 queries a day')
    expect(text).toMatch(/Try again in \d+ s/)
  })

  test('says why a council came to nothing', async () => {
    await emulatorControl(mesh.emulators).fault({ fault: { kind: 'refusal' } })
    const { text, isError } = await callTool(assistant, 'ask_council', { query: 'What is 3 + 4?', models: panel })

    expect(isError).toBe(true)
    expect(text).toMatch(/no answer/)
    expect(text).toMatch(/qry_[0-9a-f]{32}/)
  })
})

describe('get_deliberation', () => {
  test('tells every round with what each model said', async () => {
    const id = await submitQuery(api, { query: 'Why does sleep matter?', models: panel })
    await completedResults(api, id)
    const { text, structured } = await callTool(assistant, 'get_deliberation', { query_id: id })
    const told = z
      .object({
        rounds: z.array(z.object({ turns: z.array(z.object({ model: z.string(), purpose: z.string() })) })),
        claims: z.array(z.object({ votes: z.array(z.unknown()).min(1) })).min(1),
      })
      .parse(structured)

    expect(structured).toMatchObject({ query_id: id, status: 'completed' })
    expect(told.rounds[0]?.turns.filter(({ purpose }) => purpose === 'opening').map(({ model }) => model)).toEqual(
      expect.arrayContaining(panel),
    )
    expect(text).toContain('Round 0')
    expect(text.length).toBeLessThan(80_000)
  })

  test('of another user’s query, or of none, finds nothing', async () => {
    const id = await submitQuery(api, { query: 'What is 2 + 2?', models: ['gpt5'] })
    const stranger = await connect((await registerUser(apiClient(mesh.url))).api.token)

    for (const query_id of [id, `qry_${'0'.repeat(32)}`, 'nonsense']) {
      const { text, isError } = await callTool(stranger, 'get_deliberation', { query_id })
      expect(isError).toBe(true)
      expect(text).toMatch(/no such query/i)
    }
  })
})

test('list_panel tells what the panel of the API tells', async () => {
  const { structured, text } = await callTool(assistant, 'list_panel', {})
  const { data } = page.panel.parse((await api.get('/panel')).body)
  const { models } = z.object({ models: z.array(z.looseObject({ name: z.string() })) }).parse(structured)

  expect(models.map(({ name }) => name)).toEqual(data.map(({ name }) => name))
  expect(models[0]).toMatchObject({ prices: { input_usd_per_million_tokens: expect.any(Number) } })
  expect(text).toContain('- gpt5: openai')
})

describe('who may come in', () => {
  test('nobody without a token or with a bad one: 401 with a challenge', async () => {
    await expect(connect(undefined)).rejects.toMatchObject({ code: 401 })
    await expect(connect('nonsense')).rejects.toMatchObject({ code: 401 })
    const answer = await post({ jsonrpc: '2.0', id: 1, method: 'ping' }, { authorization: '' })
    expect(answer.headers.get('www-authenticate')).toContain('Bearer')
  })

  test('an API key, as far as its scopes go', async () => {
    const made = await api.post('/auth/api-keys', { name: 'an assistant’s', scopes: ['panel:read'] })
    const narrow = await connect(textAt(made.body, 'key'))

    expect((await callTool(narrow, 'list_panel', {})).isError).toBe(false)
    for (const [name, input] of [
      ['ask_council', { query: 'What is 1 + 1?' }],
      ['get_deliberation', { query_id: `qry_${'0'.repeat(32)}` }],
    ] as const) {
      const { text, isError } = await callTool(narrow, name, input)
      expect(isError).toBe(true)
      expect(text).toMatch(/queries:(write|read)/)
    }
    expect(await ownQueries()).toEqual([])
  })

  test('an API key with the scopes may ask', async () => {
    const scopes = ['queries:write', 'queries:read']
    const made = await api.post('/auth/api-keys', { name: 'an assistant’s', scopes })
    const keyed = await connect(textAt(made.body, 'key'))
    const { structured } = await callTool(keyed, 'ask_council', { query: 'What is 2 * 3?', models: ['gpt5'] })

    expect(structured).toMatchObject({ answer: '6' })
  })
})

function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${mesh.url}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${api.token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify(body),
  })
}

describe('the address itself', () => {
  test('takes POST only, and has nothing below it', async () => {
    const headers = { authorization: `Bearer ${api.token}`, accept: 'text/event-stream' }
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const answer = await fetch(`${mesh.url}/mcp`, { method, headers })
      expect(answer.status).toBe(405)
      expect(answer.headers.get('allow')).toBe('POST')
      expect(page.problem.parse(await answer.json())).toMatchObject({ status: 405 })
    }
    expect((await fetch(`${mesh.url}/mcp/tools`, { headers })).status).toBe(404)
  })

  test('refuses an unknown protocol version, a batch, a wrong type and too long a body', async () => {
    const ping = { jsonrpc: '2.0', id: 1, method: 'ping' }

    expect((await post(ping)).status).toBe(200)
    expect((await post(ping, { 'mcp-protocol-version': '1999-01-01' })).status).toBe(400)
    expect((await post([ping, ping])).status).toBe(400)
    expect((await post(ping, { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await post(ping, { accept: 'application/json' })).status).toBe(406)
    expect((await post({ ...ping, params: { filler: 'x'.repeat(100_000) } })).status).toBe(413)
    expect((await post({ nonsense: true })).status).toBe(400)
  })

  test('answers an unknown tool and an unknown method as JSON-RPC does', async () => {
    await expect(callTool(assistant, 'no_such_tool', {})).rejects.toMatchObject({ code: -32_602 })
    const answer = await post({ jsonrpc: '2.0', id: 7, method: 'no/such' })
    expect(await answer.text()).toContain('-32601')
  })
})
