import { OpenAiError } from '@concord/contracts/chat-completions'
import { revocationKeys } from '@concord/service-kit/token'
import { engines } from '@concord/testing/engines'
import type { Engine } from '@concord/testing/engines'
import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { doorMesh } from '../../test/door-mesh.ts'
import type { DoorMesh } from '../../test/door-mesh.ts'
import { emulatedProviders } from '../../test/emulated-providers.ts'
import { migrations } from '../../test/inference-mesh.ts'

const messages = [{ role: 'user' as const, content: 'What is 17 * 23?' }]
const chat = '/v1/chat/completions'
const Vectors = z.object({ data: z.array(z.object({ embedding: z.union([z.string(), z.array(z.number())]) })) })

describe('the OpenAI-compatible door', () => {
  let engine: Engine
  let providers: Awaited<ReturnType<typeof emulatedProviders>>
  let mesh: DoorMesh

  beforeAll(async () => {
    engine = await engines[0].open({ migrations })
    providers = await emulatedProviders({ wrongRate: 0 })
    const settings = { CHAT_BODY_LIMIT_BYTES: '100000', CHAT_MESSAGES_MAX: '5', CALLS_PER_USER: '2' }
    mesh = await doorMesh({ engine, providers, settings })
  })
  afterEach(async () => {
    await providers.heal()
    await providers.clear()
  })
  afterAll(async () => {
    await mesh?.close()
    await providers?.close()
    await engine?.close()
  })

  const errorOf = async (response: Response) => {
    expect(response.headers.get('x-request-id')).toBeTruthy()
    return OpenAiError.parse(await response.json()).error
  }

  describe.each([
    ['POST', chat],
    ['POST', '/v1/embeddings'],
    ['GET', '/v1/models'],
    ['GET', '/v1/models/gpt5'],
  ])('%s %s', (method, path) => {
    const call = (token?: string) =>
      fetch(`${mesh.url}${path}`, {
        method,
        headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), 'content-type': 'application/json' },
        ...(method === 'POST' ? { body: '{}' } : {}),
      })

    test('refuses whoever has no token, a wrong one or a revoked one, in OpenAI’s shape', async () => {
      const revoked = await mesh.userToken('usr_gone')
      await call(revoked)
      await mesh.platform.keyValue.set(revocationKeys.token(decodeJwt(revoked).jti ?? ''), '1', { ttlMs: 60_000 })

      for (const token of [undefined, 'nonsense', revoked]) {
        const response = await call(token)
        expect(response.status).toBe(401)
        expect(response.headers.get('www-authenticate')).toContain('Bearer')
        expect(await errorOf(response)).toMatchObject({ type: 'authentication_error', code: 'invalid_api_key' })
      }
    })

    test('refuses services, and keys that are for other things', async () => {
      for (const token of [await mesh.serviceToken(), await mesh.userToken('usr_1', { scope: 'queries:read' })]) {
        const response = await call(token)
        expect(response.status).toBe(403)
        expect(await errorOf(response)).toMatchObject({ type: 'permission_error' })
      }
    })

    test('takes a key that is for models', async () => {
      expect([200, 400]).toContain((await call(await mesh.userToken('usr_1', { scope: 'models:use' }))).status)
    })
  })

  describe('a chat completion that cannot be', () => {
    const image = (url: string) => [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }]
    test.each<[string, unknown, number, Record<string, unknown>]>([
      ['no JSON', '{', 400, { param: null }],
      ['no object', '[]', 400, { param: null }],
      ['no messages', { model: 'gpt5' }, 400, { param: 'messages' }],
      ['a wrong field', { model: 'gpt5', messages, temperature: 'hot' }, 400, { param: 'temperature' }],
      [
        'a wrong message',
        { model: 'gpt5', messages: [{ role: 'user', content: 7 }] },
        400,
        { param: 'messages[0].content' },
      ],
      [
        'a wrong part',
        { model: 'gpt5', messages: [{ role: 'user', content: [{ type: 'text' }] }] },
        400,
        { param: 'messages[0].content[0].text' },
      ],
      [
        'an unknown field',
        { model: 'gpt5', messages, temprature: 1 },
        400,
        { param: 'temprature', code: 'unknown_parameter' },
      ],
      ['several choices', { model: 'gpt5', messages, n: 2 }, 400, { param: 'n', code: 'unsupported_value' }],
      [
        'functions of old',
        { model: 'gpt5', messages, functions: [] },
        400,
        { param: 'functions', code: 'unsupported_parameter' },
      ],
      ['sound', { model: 'gpt5', messages, modalities: ['text', 'audio'] }, 400, { param: 'modalities' }],
      [
        'too many messages',
        { model: 'gpt5', messages: Array.from({ length: 6 }, () => messages[0]) },
        400,
        { param: 'messages' },
      ],
      ['too many tokens', { model: 'grok', messages, max_tokens: 64_001 }, 400, { param: 'max_tokens' }],
      [
        'logprobs of claude',
        { model: 'claude', messages, logprobs: true },
        400,
        { param: 'logprobs', code: 'unsupported_parameter' },
      ],
      [
        'an address of an image for gemini',
        { model: 'gemini', messages: image('https://x.test/a.png') },
        400,
        { param: 'messages[0].content[0].image_url.url' },
      ],
      ['an unknown model', { model: 'gpt-2', messages }, 404, { param: 'model', code: 'model_not_found' }],
      ['the council itself', { model: 'concord', messages }, 404, { param: 'model', code: 'model_not_found' }],
      ['a model for embeddings', { model: 'text-embedding-3-small', messages }, 404, { code: 'model_not_found' }],
      [
        'too large a body',
        { model: 'gpt5', messages: [{ role: 'user', content: 'x'.repeat(100_001) }] },
        413,
        { code: 'request_too_large' },
      ],
    ])('%s', async (_what, body, status, error) => {
      const response = await mesh.post(await mesh.userToken('usr_1'), chat, body)

      expect(response.status).toBe(status)
      expect(await errorOf(response)).toMatchObject({ type: 'invalid_request_error', ...error })
      expect(await providers.requests()).toEqual([])
    })
  })

  test('a model is also known by its provider or family', async () => {
    const { openai } = await mesh.client()
    for (const model of ['openai/gpt-5.6-terra', 'anthropic/claude', 'google/gemini']) {
      const { response } = await openai.chat.completions.create({ model, messages }).withResponse()
      expect(response.status).toBe(200)
    }
    expect((await providers.requests()).map(({ provider }) => provider)).toEqual(['openai', 'anthropic', 'gemini'])
  })

  test('a wish that the model does not take is left out and named', async () => {
    const { openai } = await mesh.client()
    const { response } = await openai.chat.completions
      .create({ model: 'gpt5', messages, temperature: 0 })
      .withResponse()

    expect(response.headers.get('x-concord-ignored-parameters')).toBe('temperature')
  })

  test('one user has so many calls at a time', async () => {
    await providers.fail({ fault: { kind: 'hang' } })
    const { token, openai } = await mesh.client()
    const stop = new AbortController()
    const held = [1, 2].map(() => mesh.post(token, chat, { model: 'gpt5', messages }, stop.signal).catch(() => {}))
    await expect.poll(async () => (await providers.requests()).length).toBe(2)

    await expect(openai.chat.completions.create({ model: 'gpt5', messages })).rejects.toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
    })
    stop.abort()
    await Promise.all(held)
  })

  describe('auto', () => {
    test('asks the model that was quickest of late, and says which', async () => {
      const { openai } = await mesh.client()
      const { data, response } = await openai.chat.completions.create({ model: 'auto', messages }).withResponse()

      expect(['gpt5', 'claude', 'gemini', 'grok']).toContain(response.headers.get('x-concord-model'))
      expect(data.model).not.toBe('auto')
    })

    test('asks only models that can do what the request needs', async () => {
      const { openai } = await mesh.client()
      const { response } = await openai.chat.completions
        .create({ model: 'auto', messages, logprobs: true, temperature: 0.2, max_tokens: 65_000 })
        .withResponse()

      expect(response.headers.get('x-concord-model')).toBe('gemini')
    })

    test('asks the next one when the first fails before it has begun', async () => {
      const { openai } = await mesh.client()
      const { response } = await openai.chat.completions.create({ model: 'auto', messages }).withResponse()
      const first = response.headers.get('x-concord-provider') ?? ''
      await providers.fail({ provider: first, fault: { kind: 'server_error' } })
      const second = await openai.chat.completions.create({ model: 'auto', messages, stream: true }).withResponse()
      for await (const chunk of second.data) void chunk

      expect(second.response.headers.get('x-concord-provider')).not.toBe(first)
    })
  })

  describe('models', () => {
    test('are listed and told one by one, slashes and all', async () => {
      const { openai } = await mesh.client()
      const { data } = await openai.models.list()
      const one = await openai.models.retrieve('openai/gpt-5.6-terra')

      expect(data.map(({ id }) => id)).toEqual([
        'gpt5', 'claude', 'gemini', 'grok', 'auto', 'text-embedding-3-small', 'text-embedding-3-large', 'gemini-embedding-001',
      ]) // prettier-ignore
      expect(data[2]).toMatchObject({
        object: 'model',
        owned_by: 'google',
        created: expect.any(Number),
        state: 'sandbox',
      })
      expect(one).toMatchObject({ id: 'openai/gpt-5.6-terra', owned_by: 'openai' })
      await expect(openai.models.retrieve('nothing')).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
    })
  })

  describe('embeddings', () => {
    const likeness = (a: number[] = [], b: number[] = []) => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)

    test.each(['text-embedding-3-small', 'google/gemini-embedding-001'])(
      '%s: texts that are alike lie near',
      async (model) => {
        const { openai, user } = await mesh.client()
        const input = ['The cat sleeps on the mat.', 'A cat was sleeping on a mat.', 'Quarterly tax returns are due.']
        const { data, usage } = await openai.embeddings.create({ model, input })
        const [cat, kitten, tax] = data.map(({ embedding }) => embedding)

        expect(likeness(cat, kitten)).toBeGreaterThan(likeness(cat, tax) + 0.2)
        expect(await mesh.usageOf(user, 1)).toMatchObject([
          { feature: 'embeddings', inputTokens: usage.prompt_tokens, outputTokens: 0, estimated: false, status: 'ok' },
        ])
      },
    )

    test('come as floats or base64, as short as asked for', async () => {
      const { token } = await mesh.client()
      const body = { model: 'text-embedding-3-small', input: 'a text', dimensions: 8 }
      const of = async (encoding_format: string) =>
        Vectors.parse(await (await mesh.post(token, '/v1/embeddings', { ...body, encoding_format })).json()).data[0]

      const floats = await of('float')
      const packed = await of('base64')

      expect(floats?.embedding).toHaveLength(8)
      expect(Buffer.from(String(packed?.embedding), 'base64')).toHaveLength(32)
    })

    test.each<[string, unknown, number, Record<string, unknown>]>([
      ['nothing', { model: 'text-embedding-3-small', input: [] }, 400, { param: 'input' }],
      ['an empty text', { model: 'text-embedding-3-small', input: [''] }, 400, {}],
      ['too many texts', { model: 'text-embedding-3-small', input: Array.from({ length: 2_049 }, () => 'x') }, 400, {}],
      [
        'too long a text',
        { model: 'gemini-embedding-001', input: ['x', 'word '.repeat(10_000)] },
        400,
        { param: 'input[1]' },
      ],
      [
        'more dimensions than there are',
        { model: 'text-embedding-3-small', input: 'x', dimensions: 1_537 },
        400,
        { param: 'dimensions' },
      ],
      ['a model that does not embed', { model: 'gpt5', input: 'x' }, 404, { code: 'model_not_found' }],
    ])('refuse %s', async (_what, body, status, error) => {
      const response = await mesh.post(await mesh.userToken('usr_1'), '/v1/embeddings', body)

      expect(response.status).toBe(status)
      expect(await errorOf(response)).toMatchObject({ type: 'invalid_request_error', ...error })
    })

    test('tell a provider that fails', async () => {
      await providers.fail({ fault: { kind: 'server_error' } })
      const { openai } = await mesh.client()

      await expect(openai.embeddings.create({ model: 'text-embedding-3-small', input: 'x' })).rejects.toMatchObject({
        status: 502,
        code: 'upstream_error',
      })
    })
  })
})
