import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { engines } from '@concord/testing/engines'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startFakeInference } from '../../test/fake-inference.ts'
import { openTestGateway } from '../../test/open-test-gateway.ts'

const Refused = z.strictObject({
  error: z.strictObject({
    message: z.string().min(1),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
})

let inference: Awaited<ReturnType<typeof startFakeInference>>
let gateway: Awaited<ReturnType<typeof openTestGateway>>
let user: string

function openDoor(how: 'over HTTP' | 'in the same process'): void {
  beforeAll(async () => {
    inference = await startFakeInference()
    gateway = await openTestGateway(
      engines[0].open,
      { INFERENCE_URL: inference.url, DOOR_BODY_LIMIT_BYTES: '100000' },
      how === 'over HTTP' ? undefined : new Map([[inference.url, inference.listener]]),
    )
    user = await gateway.token('usr_1')
  })
  afterAll(async () => {
    await gateway.close()
    await inference.close()
  })
  beforeEach(() => inference.answerWith((response) => response.end('{"ok":true}')))
}

type Init = { token?: string; body?: unknown; headers?: Record<string, string>; method?: string; signal?: AbortSignal }

function call(path: string, { token = user, body, headers = {}, method, signal }: Init = {}) {
  return fetch(`${gateway.url}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  })
}

const chat = { model: 'gpt5', messages: [{ role: 'user', content: 'ünïcode' }] }
const event = (text: string) => `data: {"choices":[{"delta":{"content":"${text}"}}]}\n\n`
const openStream = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' })

/** What a test says of the stream that ai-inference gives next. */
function nextStream(): Promise<ServerResponse> {
  return new Promise((resolve) => inference.answerWith((response) => resolve(openStream(response))))
}

const ways = ['over HTTP', 'in the same process'] as const

describe.each(ways)('a call of a single model, %s', (how) => {
  openDoor(how)

  test('goes on byte for byte, with the gateway’s own word on who calls', async () => {
    const body = `{ "model": "gpt5",  "messages": [], "späße": [1.0, 1e3] }`
    const headers = { 'x-request-id': 'mine-1', 'x-forwarded-for': '6.6.6.6', 'openai-organization': 'org' }
    const answer = await call('/v1/chat/completions', { token: 'ck_models', body, headers })
    const seen = inference.received.at(-1)

    expect([answer.status, await answer.text()]).toEqual([200, '{"ok":true}'])
    expect(answer.headers.get('x-request-id')).toBe('mine-1')
    expect(answer.headers.get('ratelimit-remaining')).not.toBeNull()
    expect(seen).toMatchObject({ method: 'POST', url: '/v1/chat/completions', body })
    expect(seen?.headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-request-id': 'mine-1' })
    expect(String(seen?.headers.authorization)).toMatch(/^Bearer ey/)
    expect(seen?.headers).not.toHaveProperty('openai-organization')
  })

  test('gets the models’ own refusal, its status and its waiting time', async () => {
    const refusal = { error: { message: 'no such model', type: 'invalid_request_error', param: 'model', code: 'x' } }
    inference.answerWith((response) =>
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '7' }).end(JSON.stringify(refusal)),
    )
    const answer = await call('/v1/embeddings', { body: { model: 'gpt5', input: 'x' } })

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7'])
    expect(await answer.json()).toEqual(refusal)
  })

  test('asks for a model whose name holds a slash by that name', async () => {
    await call('/v1/models/openai%2Fgpt-5')
    await call('/v1/models/openai/gpt-5')

    expect(inference.received.slice(-2).map(({ url }) => url)).toEqual(Array(2).fill('/v1/models/openai%2Fgpt-5'))
  })

  // In one process there is no connection to lose.
  test.each(how === 'over HTTP' ? [503] : [])('that nobody answers is a %i in OpenAI’s shape', async (status) => {
    inference.answerWith((response) => response.destroy())
    const answer = await call('/v1/chat/completions', { body: chat })

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, '1'])
    expect(Refused.parse(await answer.json()).error).toMatchObject({ type: 'server_error', code: 'unavailable' })
  })
})

describe.each(ways)('a stream, %s', (how) => {
  openDoor(how)

  test('comes piece by piece, uncompressed, while the model still writes', async () => {
    const upstream = nextStream()
    const answering = call('/v1/chat/completions', { body: chat, headers: { 'accept-encoding': 'gzip' } })
    const model = await upstream
    model.flushHeaders()
    const answer = await answering
    const reader = answer.body?.getReader()
    const texts: string[] = []
    for (const text of ['one', 'two']) {
      model.write(event(text))
      texts.push(Buffer.from((await reader?.read())?.value ?? []).toString('utf8'))
    }
    model.end('data: [DONE]\n\n')
    texts.push(Buffer.from((await reader?.read())?.value ?? []).toString('utf8'))

    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    expect(answer.headers.get('content-encoding')).toBeNull()
    expect(texts).toEqual([event('one'), event('two'), 'data: [DONE]\n\n'])
    expect((await reader?.read())?.done).toBe(true)
  })

  test('whose client leaves ends at the model at once', async () => {
    const upstream = nextStream()
    const leaving = new AbortController()
    const answering = call('/v1/chat/completions', { body: chat, signal: leaving.signal })
    const model = await upstream
    const gone = once(model, 'close')
    model.write(event('one'))
    await answering
    leaving.abort()
    await gone

    expect(model.writableFinished).toBe(false)
  })

  test('whose client leaves before the first byte ends at the model, too', async () => {
    const upstream = new Promise<ServerResponse>((resolve) => inference.answerWith(resolve))
    const leaving = new AbortController()
    const answering = call('/v1/chat/completions', { body: chat, signal: leaving.signal })
    const gone = once(await upstream, 'close')
    leaving.abort()

    await expect(answering).rejects.toThrow('abort')
    await gone
  })

  test.each(['with a length', 'in chunks'])('that breaks off %s breaks the client’s connection', async (how) => {
    inference.answerWith((response) => {
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        ...(how === 'in chunks' ? {} : { 'content-length': '1000' }),
      })
      response.write(event('one'), () => response.destroy())
    })
    const answer = await call('/v1/chat/completions', { body: chat })
    const read = async () => {
      let text = ''
      for await (const piece of answer.body ?? []) text += Buffer.from(piece).toString('utf8')
      return text
    }

    expect(answer.status).toBe(200)
    await expect(read()).rejects.toThrow('terminated')
  })

  test('slows the model down for a client that does not read, and loses nothing', async () => {
    const piece = event('x'.repeat(64 * 1024))
    const pieces = 2_000
    const upstream = nextStream()
    const answer = await slowCall()
    const model = await upstream
    let written = 0
    const writing = (async () => {
      for (; written < pieces; written++) if (!model.write(piece)) await once(model, 'drain')
      model.end()
    })()
    const first = await untilSettled(() => written)
    let bytes = 0
    for await (const data of await answer.read()) bytes += data.length
    await writing

    expect(first).toBeLessThan(pieces / 2)
    expect(bytes).toBe(pieces * piece.length)
  })

  /** A request whose answer waits in the socket until it is read. */
  async function slowCall() {
    const sent = request(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${user}`, 'content-type': 'application/json' },
    })
    const answered = new Promise<IncomingMessage>((resolve) => sent.once('response', resolve))
    sent.end(JSON.stringify(chat))
    return { read: () => answered }
  }

  /** A count that has stopped growing. */
  async function untilSettled(count: () => number): Promise<number> {
    for (let last = -1, same = 0; same < 10;) {
      await new Promise((resolve) => setTimeout(resolve, 30))
      same = count() === last && last > 0 ? same + 1 : 0
      last = count()
    }
    return count()
  }
})

describe('a refusal at the door is in OpenAI’s shape', () => {
  openDoor('over HTTP')

  const paths = ['/v1/chat/completions', '/v1/embeddings', '/v1/models', '/v1/models/gpt5']
  const bodyOf = (path: string) => (path.includes('models') ? undefined : chat)

  test.each(paths)('401 at %s without a token, and with a bad one', async (path) => {
    for (const token of ['', 'nonsense', 'ck_bad']) {
      const answer = await call(path, { token, body: bodyOf(path) })

      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toContain('Bearer')
      expect(Refused.parse(await answer.json()).error).toMatchObject({
        type: 'authentication_error',
        code: 'invalid_api_key',
      })
    }
  })

  test.each(paths)('403 at %s for a key without the scope', async (path) => {
    const answer = await call(path, { token: 'ck_narrow', body: bodyOf(path) })

    expect(answer.status).toBe(403)
    expect(Refused.parse(await answer.json()).error).toMatchObject({ code: 'insufficient_permissions' })
  })

  test('403 for the council with a key for single models, and the other way round', async () => {
    const concord = { ...chat, model: 'concord' }

    expect((await call('/v1/chat/completions', { token: 'ck_models', body: concord })).status).toBe(403)
    expect((await call('/v1/chat/completions', { token: 'ck_council', body: chat })).status).toBe(403)
    expect((await call('/v1/models/concord', { token: 'ck_models' })).status).toBe(403)
    expect((await call('/v1/models/concord', { token: 'ck_council' })).status).toBe(200)
  })

  test.each([
    { what: 'no JSON', body: '{"model":', status: 400, error: { code: 'invalid_json' } },
    { what: 'a list', body: '[]', status: 400, error: { code: 'invalid_json' } },
    {
      what: 'no model',
      body: '{"messages":[]}',
      status: 400,
      error: { code: 'missing_required_parameter', param: 'model' },
    },
    { what: 'a model that is no text', body: '{"model":7}', status: 400, error: { param: 'model' } },
    {
      what: 'too large',
      body: `{"model":"${'x'.repeat(200_000)}"}`,
      status: 413,
      error: { code: 'request_too_large' },
    },
  ])('$status for a body that is $what', async ({ body, status, error }) => {
    for (const path of ['/v1/chat/completions', '/v1/embeddings']) {
      const answer = await call(path, { body })

      expect(answer.status).toBe(status)
      expect(Refused.parse(await answer.json()).error).toMatchObject(error)
    }
  })

  test('415 for a body of another type', async () => {
    const answer = await call('/v1/chat/completions', { body: '<x/>', headers: { 'content-type': 'application/xml' } })

    expect(answer.status).toBe(415)
    expect(Refused.parse(await answer.json()).error.code).toBe('unsupported_media_type')
  })

  test.each(['/v1', '/v1/', '/v1/nothing', '/v1/chat', '/v1/completions', '/v1/models/'])(
    '404 at %s, which is a problem as well',
    async (path) => {
      const answer = await call(path, { headers: { accept: 'text/html' } })
      const { error, ...problem } = z.looseObject({ error: z.unknown() }).parse(await answer.json())

      expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
      expect(problem).toMatchObject({ status: 404, title: 'Not Found', instance: path })
      expect(Refused.parse({ error }).error.code).toBe('unknown_url')
    },
  )

  test('429 of the gateway’s own limit, also where there is nothing', async () => {
    const strict = await openTestGateway(engines[0].open, { REQUESTS_PER_MINUTE_PER_ADDRESS: '1' })
    const paths = ['/v1/models', '/v1/nothing', '/v1/chat/completions']
    await fetch(`${strict.url}/v1/models`)
    const answers = await Promise.all(paths.map((path) => fetch(`${strict.url}${path}`)))
    const errors = await Promise.all(answers.map(async (answer) => Refused.parse(await answer.json()).error))
    await strict.close()

    expect(answers.map(({ status }) => status)).toEqual([429, 429, 429])
    expect(answers.every(({ headers }) => Number(headers.get('retry-after')) > 0)).toBe(true)
    expect(errors.every(({ code }) => code === 'rate_limit_exceeded')).toBe(true)
  })

  test('400 at an address that cannot be decoded', async () => {
    const answer = await call('/v1/models/%zz')

    expect(answer.status).toBe(400)
    Refused.parse(await answer.json())
  })
})

describe.each(ways)('what there is, %s', (how) => {
  openDoor(how)

  test('the list of models is what the caller may ask, the council among it', async () => {
    const idsFor = async (token: string) => {
      const List = z.object({ object: z.literal('list'), data: z.array(z.object({ id: z.string() })) })
      return List.parse(await (await call('/v1/models', { token })).json()).data.map(({ id }) => id)
    }

    expect(await idsFor(user)).toEqual(['concord', 'gpt5'])
    expect(await idsFor('ck_models')).toEqual(['gpt5'])
    expect(await idsFor('ck_council')).toEqual(['concord'])
  })

  test('the API reference tells of the door', async () => {
    const document = z
      .looseObject({ paths: z.record(z.string(), z.unknown()) })
      .parse(await (await call('/api/v1/openapi.json')).json())

    expect(Object.keys(document.paths).filter((path) => path.startsWith('/v1'))).toEqual([
      '/v1/chat/completions',
      '/v1/embeddings',
      '/v1/models',
      '/v1/models/{model}',
    ])
  })
})
