import { submitQuery } from '@concord/testing/api-client'
import { emulatorControl } from '@concord/testing/emulator-control'
import type { EmulatorControl } from '@concord/testing/emulator-control'
import type { MeshProcess } from '@concord/testing/mesh-process'
import OpenAI, {
  APIConnectionError,
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  UnprocessableEntityError,
} from 'openai'
import type { ChatCompletionChunk, ChatCompletionCreateParams } from 'openai/resources/chat/completions'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import * as page from './api-page.ts'
import { completedResults, untilEnded } from './deliberations.ts'
import { doorUser, unlimitedDoorUser } from './door-user.ts'
import type { DoorUser } from './door-user.ts'
import { embeddedMesh } from './meshes.ts'

/** The official client of OpenAI, unchanged, with a key of Concord. */
let mesh: MeshProcess
let control: EmulatorControl
let user: DoorUser
let openai: OpenAI

beforeAll(async () => {
  mesh = await embeddedMesh({ MODEL_MAX_ATTEMPTS: '1', BREAKER_FAILURES: '1000' })
  control = emulatorControl(mesh.emulators)
  user = await unlimitedDoorUser(mesh)
  openai = clientOf(user)
})
afterAll(() => mesh.close())
afterEach(() => control.reset())

function clientOf({ key, baseURL }: DoorUser): OpenAI {
  return new OpenAI({ apiKey: key, baseURL, maxRetries: 0 })
}

const ask = (content: string) => [{ role: 'user' as const, content }]
const question = 'What is 17 * 23?'

async function collect(stream: AsyncIterable<ChatCompletionChunk>): Promise<ChatCompletionChunk[]> {
  const chunks: ChatCompletionChunk[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}

function textOf(chunks: readonly ChatCompletionChunk[]): string {
  return chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
}

/** Of the error that a call ends with. */
function errorOf(call: PromiseLike<unknown>): PromiseLike<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe('a single model', () => {
  test('answers, and tells its tokens', async () => {
    const answer = await openai.chat.completions.create({ model: 'gpt5', messages: ask(question) })

    expect(answer).toMatchObject({ object: 'chat.completion', choices: [{ index: 0, finish_reason: 'stop' }] })
    expect(answer.choices[0]?.message.content).toContain('391')
    expect(answer.usage?.total_tokens).toBe(
      (answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? Number.NaN),
    )
  })

  test.each(['gpt5', 'claude', 'gemini', 'grok'])(
    'streams, ends with its usage, and is the same in one piece (%s)',
    async (model) => {
      const whole = await openai.chat.completions.create({ model, messages: ask(question) })
      const chunks = await collect(
        await openai.chat.completions.create({
          model,
          messages: ask(question),
          stream: true,
          stream_options: { include_usage: true },
        }),
      )

      expect(chunks.length).toBeGreaterThan(2)
      expect(textOf(chunks)).toBe(whole.choices[0]?.message.content)
      expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: whole.usage?.total_tokens } })
    },
  )

  const tools = [
    {
      type: 'function' as const,
      function: {
        name: 'get_weather',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    },
  ]

  test.each(['gpt5', 'claude'])('calls a tool, and answers with its result (%s)', async (model) => {
    const messages = ask('How is the weather in Lyon?')
    const asked = await openai.chat.completions.create({ model, messages, tools })
    const [call] = asked.choices[0]?.message.tool_calls ?? []
    const streamed = await openai.chat.completions.stream({ model, messages, tools }).finalChatCompletion()
    const message = asked.choices[0]?.message
    if (!message || !call) throw new Error('no tool was called')
    const answer = await openai.chat.completions.create({
      model,
      tools,
      messages: [...messages, message, { role: 'tool', tool_call_id: call.id, content: 'rain' }],
    })

    expect(asked.choices[0]?.finish_reason).toBe('tool_calls')
    expect(call).toMatchObject({ type: 'function', function: { name: 'get_weather' } })
    expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: 'get_weather' } })
    expect(answer.choices[0]?.message.content).toContain('rain')
  })

  test('answers in the form of a JSON schema', async () => {
    const schema = {
      type: 'object',
      properties: { total: { type: 'number' } },
      required: ['total'],
      additionalProperties: false,
    }
    const answer = await openai.chat.completions.create({
      model: 'gpt5',
      messages: ask(question),
      response_format: { type: 'json_schema', json_schema: { name: 'sum', strict: true, schema } },
    })

    expect(
      z.strictObject({ total: z.number() }).safeParse(JSON.parse(answer.choices[0]?.message.content ?? '')).success,
    ).toBe(true)
  })

  test('is in the list of models beside the council, and found by its name', async () => {
    const { data } = await openai.models.list()
    const ids = data.map(({ id }) => id)

    expect(ids).toEqual(expect.arrayContaining(['concord', 'gpt5', 'claude', 'gemini', 'grok', 'auto']))
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ['concord', 'gpt5', 'auto'])
      expect(await openai.models.retrieve(id)).toMatchObject({ id, object: 'model', created: expect.any(Number) })
  })

  test('makes embeddings', async () => {
    const model = (await openai.models.list()).data.find(({ id }) => id.includes('embedding'))?.id ?? ''
    const { data, usage } = await openai.embeddings.create({ model, input: ['one', 'two'] })

    expect(data.map(({ index }) => index)).toEqual([0, 1])
    expect(data[0]?.embedding.length).toBeGreaterThan(100)
    expect(usage.prompt_tokens).toBeGreaterThan(0)
  })
})

describe('an error is of the client’s own class', () => {
  const chat = (o: Partial<ChatCompletionCreateParams>) =>
    openai.chat.completions.create({ model: 'gpt5', messages: ask('hi'), ...o })

  test('401 for a key that is none', async () => {
    const error = await errorOf(clientOf({ ...user, key: 'ck_none' }).models.list())

    expect(error).toBeInstanceOf(AuthenticationError)
    expect(error).toMatchObject({ status: 401, code: 'invalid_api_key' })
  })

  test('403 for a key without the scope', async () => {
    const readers = await doorUser(mesh, ['queries:read'])
    const calls = [
      clientOf(readers).chat.completions.create({ model: 'gpt5', messages: ask('hi') }),
      clientOf(readers).chat.completions.create({ model: 'concord', messages: ask('hi') }),
      clientOf(readers).embeddings.create({ model: 'gpt5', input: 'hi' }),
      clientOf(readers).models.list(),
    ]

    for (const error of await Promise.all(calls.map(errorOf))) expect(error).toBeInstanceOf(PermissionDeniedError)
  })

  test('404 for a model that there is not', async () => {
    const calls = [
      chat({ model: 'nobody' }),
      openai.models.retrieve('nobody'),
      openai.models.retrieve('openai/nobody'),
      openai.embeddings.create({ model: 'nobody', input: 'hi' }),
    ]

    for (const error of await Promise.all(calls.map(errorOf))) {
      expect(error).toBeInstanceOf(NotFoundError)
      expect(error).toMatchObject({ code: 'model_not_found' })
    }
  })

  test.each([
    { what: 'no messages', body: { messages: [] }, param: 'messages' },
    { what: 'a temperature that is none', body: { temperature: 9 }, param: 'temperature' },
    { what: 'no messages for the council', body: { model: 'concord', messages: [] }, param: 'messages' },
    {
      what: 'tools for the council',
      body: { model: 'concord', tools: [{ type: 'function' as const, function: { name: 'x' } }] },
      param: 'tools',
    },
    { what: 'two answers of the council', body: { model: 'concord', n: 2 }, param: 'n' },
    {
      what: 'a question of 9,000 characters',
      body: { model: 'concord', messages: ask('x'.repeat(9_000)) },
      param: 'messages',
    },
    {
      what: 'an unknown member of the council',
      body: { model: 'concord', concord: { models: ['gpt5', 'nobody'] } },
      param: 'concord.models[1]',
    },
    {
      what: 'an unknown setting of the council',
      body: { model: 'concord', concord: { surprise: 1 } },
      param: 'concord.surprise',
    },
    {
      what: 'a choice without choices',
      body: { model: 'concord', concord: { answer_type: 'choice' } },
      param: 'concord.choices',
    },
  ])('400 or 422 for $what, and it names the parameter', async ({ body, param }) => {
    const error = await errorOf(chat(body))

    expect(error).toBeInstanceOf(APIError)
    expect([400, 422]).toContain(error instanceof APIError ? error.status : 0)
    expect(error).toMatchObject({ type: 'invalid_request_error', param })
    expect(error).toBeInstanceOf(
      error instanceof APIError && error.status === 422 ? UnprocessableEntityError : BadRequestError,
    )
  })

  test('429 when the day’s queries are used up, which the client does not try again', async () => {
    const free = await doorUser(mesh)
    for (let n = 0; n < 10; n++)
      await untilEnded(free.api, await submitQuery(free.api, { query: `What is ${n} + 1?`, models: ['gpt5'] }))
    const patient = new OpenAI({ apiKey: free.key, baseURL: free.baseURL })
    for (const stream of [false, true]) {
      const error = await errorOf(patient.chat.completions.create({ model: 'concord', messages: ask('hi'), stream }))

      expect(error).toBeInstanceOf(RateLimitError)
      expect(error).toMatchObject({ type: 'insufficient_quota', code: 'insufficient_quota' })
      const headers = error instanceof APIError ? error.headers : undefined
      expect(Number(headers?.get('retry-after'))).toBeGreaterThan(0)
      expect(headers?.get('x-should-retry')).toBe('false')
    }
  })

  test('5xx for a provider that fails', async () => {
    await control.fault({ provider: 'openai', fault: { kind: 'server_error', status: 503 } })

    expect(await errorOf(chat({}))).toBeInstanceOf(InternalServerError)
  })
})

describe('a stream that does not come to its end', () => {
  test.each(['gpt5', 'claude', 'gemini', 'grok'])(
    'because the provider broke off is an error, never an end (%s)',
    async (model) => {
      await control.fault({ fault: { kind: 'cut', after_chunks: 3 } })
      const reading = openai.chat.completions.create({ model, messages: ask(question), stream: true }).then(collect)

      const error = await errorOf(reading)
      expect(error).toBeInstanceOf(Error)
      expect(error).not.toBeInstanceOf(BadRequestError)
    },
  )

  test('because the client left stops the model', async () => {
    await control.fault({ provider: 'openai', fault: { kind: 'hang', after_chunks: 3 } })
    const stream = await openai.chat.completions.create({ model: 'gpt5', messages: ask(question), stream: true })
    for await (const _chunk of stream) break

    await expect.poll(async () => (await control.requests()).at(-1)?.outcome).toBe('aborted')
  })

  test('because the client left before the first byte stops the model', async () => {
    await control.fault({ provider: 'openai', fault: { kind: 'hang' } })
    const leaving = new AbortController()
    const call = errorOf(
      openai.chat.completions.create({ model: 'gpt5', messages: ask(question) }, { signal: leaving.signal }),
    )
    await expect.poll(async () => (await control.requests()).length).toBe(1)
    leaving.abort()

    expect(await call).toBeInstanceOf(APIUserAbortError)
    await expect.poll(async () => (await control.requests()).at(-1)?.outcome).toBe('aborted')
  })
})

const Extension = z.strictObject({
  query_id: z.string().startsWith('qry_'),
  confidence: z.number(),
  agreement: z.number(),
  outcome: z.string(),
  reached: z.boolean(),
  answer: z.string().nullable(),
  cost_usd: z.number(),
  degraded: z.boolean(),
  sandbox: z.boolean(),
})
const extensionOf = (answer: object) => Extension.parse(z.looseObject({ concord: z.unknown() }).parse(answer).concord)

/** What the record of the query says, as the answer should. */
function asTold({ consensus, metadata, query_id: id }: page.Completed) {
  const { input, output } = metadata.tokens
  return {
    usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
    concord: {
      query_id: id,
      confidence: consensus.confidence,
      agreement: consensus.agreement,
      outcome: consensus.outcome,
      reached: consensus.reached,
      answer: consensus.answer,
      cost_usd: metadata.cost_usd,
      degraded: false,
      sandbox: true,
    },
  }
}

describe('the council as a model', () => {
  test('answers with its summary, the sum of all turns and what it found', async () => {
    const answer = await openai.chat.completions.create({ model: 'concord', messages: ask(question) })
    const { query_id: id } = extensionOf(answer)
    const results = await completedResults(user.api, id)
    const { rounds } = z
      .object({
        rounds: z.array(
          z.object({ turns: z.array(z.object({ tokens: z.object({ input: z.int(), output: z.int() }) })) }),
        ),
      })
      .parse((await user.api.get(`/queries/${id}`)).body)
    const turns = rounds.flatMap((round) => round.turns.map(({ tokens }) => tokens))

    expect(answer).toMatchObject({ object: 'chat.completion', model: 'concord', ...asTold(results) })
    expect(answer.choices).toMatchObject([
      { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: results.consensus.summary } },
    ])
    expect(answer.usage?.prompt_tokens).toBe(turns.reduce((sum, { input }) => sum + input, 0))
    expect(answer.usage?.completion_tokens).toBe(turns.reduce((sum, { output }) => sum + output, 0))
    expect(results.question).toBe(question)
  })

  test.each([question, 'Should cities invest in bicycle lanes?'])(
    'streams its summary, then what it found (%s)',
    async (content) => {
      const chunks = await collect(
        await openai.chat.completions.create({
          model: 'concord',
          messages: ask(content),
          stream: true,
          stream_options: { include_usage: true },
        }),
      )
      const last = chunks.at(-1)
      const results = await completedResults(user.api, extensionOf(last ?? {}).query_id)

      expect(textOf(chunks)).toBe(results.consensus.summary)
      expect(chunks[0]?.choices[0]?.delta).toMatchObject({ role: 'assistant', content: '' })
      expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop')
      expect(last).toMatchObject({ choices: [], ...asTold(results) })
      expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
    },
  )

  test('is read by the client’s own accumulator', async () => {
    const answer = await openai.chat.completions
      .stream({ model: 'concord', messages: ask(question) })
      .finalChatCompletion()

    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant' } })
    expect(answer.choices[0]?.message.content).toContain('391')
    expect(extensionOf(answer).answer).toBe('391')
  })

  test('takes its own settings, a conversation and instructions', async () => {
    const request = {
      model: 'concord',
      temperature: 0.2,
      max_tokens: 100,
      messages: [
        { role: 'system' as const, content: 'Answer briefly.' },
        { role: 'user' as const, content: 'What is 6 * 7?' },
        { role: 'assistant' as const, content: '42' },
        { role: 'user' as const, content: 'What is 6 * 8?' },
      ],
      concord: {
        models: ['gpt5', 'claude'],
        debate_rounds: 0,
        answer_type: 'number',
        effort: 'thorough',
        deadline_s: 60,
      },
    }
    const answer = await openai.chat.completions.create(request)
    const results = await completedResults(user.api, extensionOf(answer).query_id)

    expect(results.answer_type).toBe('number')
    expect(Object.keys(results.individual_responses).toSorted()).toEqual(['claude', 'gpt5'])
    expect(results.question).toBe(
      'What is 6 * 8?\n\nInstructions:\nAnswer briefly.\n\nThe conversation before this question:\nUser: What is 6 * 7?\nAssistant: 42',
    )
    expect(results.consensus.answer).toBe('48')
  })

  test('gives its findings as JSON where they are asked for by a schema', async () => {
    const schema = {
      type: 'object',
      properties: { answer: { type: ['string', 'null'] }, confidence: { type: 'number' } },
      required: ['answer', 'confidence'],
      additionalProperties: false,
    }
    const response_format = { type: 'json_schema' as const, json_schema: { name: 'verdict', strict: true, schema } }
    const answer = await openai.chat.completions.create({ model: 'concord', messages: ask(question), response_format })
    const chunks = await collect(
      await openai.chat.completions.create({
        model: 'concord',
        messages: ask(question),
        response_format,
        stream: true,
      }),
    )

    for (const content of [answer.choices[0]?.message.content ?? '', textOf(chunks)])
      expect(JSON.parse(content)).toEqual({ answer: '391', confidence: expect.any(Number) })
  })

  test('gives the same answer again for the same Idempotency-Key, and counts it once', async () => {
    const free = await doorUser(mesh)
    const headers = { 'idempotency-key': 'one' }
    const once = () =>
      clientOf(free)
        .chat.completions.create({ model: 'concord', messages: ask(question) }, { headers })
        .withResponse()
    const { data: first, response } = await once()
    const { data: again, response: repeated } = await once()
    const other = await errorOf(
      clientOf(free).chat.completions.create({ model: 'concord', messages: ask('other') }, { headers }),
    )

    expect(again).toEqual(first)
    expect([response, repeated].map((one) => one.headers.get('idempotent-replayed'))).toEqual([null, 'true'])
    expect(other).toMatchObject({ status: 409 })
    expect((await free.api.get('/user/stats')).body).toMatchObject({ today: { queries_count: 1 } })
  })

  test.each([false, true])('is cancelled when its client leaves (stream: %s)', async (stream) => {
    const free = await doorUser(mesh)
    await control.fault({ fault: { kind: 'hang' } })
    const leaving = new AbortController()
    const call = errorOf(
      clientOf(free)
        .chat.completions.create({ model: 'concord', messages: ask(question), stream }, { signal: leaving.signal })
        .then(async (answer) => (Symbol.asyncIterator in answer ? collect(answer) : answer)),
    )
    await expect.poll(async () => (await control.requests()).length).toBe(4)
    leaving.abort()
    await call
    const [query] = page.page.parse((await free.api.get('/queries')).body).data

    expect(await untilEnded(free.api, query?.query_id ?? '')).toMatchObject({ status: 'cancelled' })
    await expect
      .poll(async () => (await control.requests()).map(({ outcome }) => outcome))
      .toEqual(Array(4).fill('aborted'))
  })

  test('that loses its quorum is an error, in a stream one without an end, and costs no query', async () => {
    const free = await doorUser(mesh)
    await control.fault({ fault: { kind: 'server_error', status: 500 } })
    const request = { model: 'concord', messages: ask(question) }
    const plain = await errorOf(clientOf(free).chat.completions.create(request))
    const streamed = await errorOf(
      clientOf(free)
        .chat.completions.create({ ...request, stream: true })
        .then(collect),
    )

    expect(plain).toBeInstanceOf(InternalServerError)
    expect(plain).toMatchObject({ status: 502, type: 'api_error', code: 'query_failed' })
    expect(streamed).toBeInstanceOf(APIError)
    expect(streamed).not.toBeInstanceOf(APIConnectionError)
    expect(streamed).toMatchObject({ type: 'api_error', code: 'query_failed' })
    expect((await free.api.get('/user/stats')).body).toMatchObject({ today: { queries_count: 0 } })
  })

  test('stays consistent where its first writer breaks off in the middle', async () => {
    await control.fault({ purpose: 'synthesis', times: 1, fault: { kind: 'cut', after_chunks: 8 } })
    const chunks = await collect(
      await openai.chat.completions.create({ model: 'concord', messages: ask(question), stream: true }),
    )
    const { concord } = z
      .looseObject({ concord: z.looseObject({ query_id: z.string(), corrected_summary: z.string().optional() }) })
      .parse(chunks.at(-1))
    const { consensus } = await completedResults(user.api, concord.query_id)

    expect(textOf(chunks).endsWith(consensus.summary)).toBe(true)
    expect(textOf(chunks) === consensus.summary || concord.corrected_summary === consensus.summary).toBe(true)
  })
})
