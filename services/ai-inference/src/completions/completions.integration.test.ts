import { engines } from '@concord/testing/engines'
import type { Engine } from '@concord/testing/engines'
import { patiently } from '@concord/testing/patience'
import { APIError } from 'openai'
import type OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { doorMesh } from '../../test/door-mesh.ts'
import type { DoorMesh } from '../../test/door-mesh.ts'
import { emulatedProviders } from '../../test/emulated-providers.ts'
import { migrations } from '../../test/inference-mesh.ts'

const models = ['gpt5', 'claude', 'gemini', 'grok'] as const
const messages = [{ role: 'user' as const, content: 'What is 17 * 23?' }]
const schema = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] }
const tools = [{ type: 'function' as const, function: { name: 'get_weather', parameters: schema } }]

describe('chat completions', () => {
  let engine: Engine
  let providers: Awaited<ReturnType<typeof emulatedProviders>>
  let mesh: DoorMesh
  let openai: OpenAI

  beforeAll(async () => {
    engine = await engines[0].open({ migrations })
    providers = await emulatedProviders({ wrongRate: 0 })
    mesh = await doorMesh({ engine, providers, settings: { CHAT_IDLE_MS: '600', CHAT_TIMEOUT_MS: '3000' } })
    ;({ openai } = await mesh.client())
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

  const read = async (body: OpenAI.ChatCompletionCreateParamsStreaming, client = openai) => {
    const chunks: OpenAI.ChatCompletionChunk[] = []
    const failure = await (async () => {
      for await (const chunk of await client.chat.completions.create(body)) chunks.push(chunk)
    })().then(
      () => undefined,
      (error: unknown) => error,
    )
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
    return { chunks, text, failure }
  }

  describe.each(models)('%s', (model) => {
    test('answers whole, and says what it took and which model it was', async () => {
      const { data, response } = await openai.chat.completions.create({ model, messages }).withResponse()

      expect(data).toMatchObject({ object: 'chat.completion', choices: [{ finish_reason: 'stop' }] })
      expect(data.choices[0]?.message.content).toContain('391')
      expect(data.usage?.total_tokens).toBe((data.usage?.prompt_tokens ?? 0) + (data.usage?.completion_tokens ?? 0))
      expect(data.usage?.prompt_tokens).toBeGreaterThan(0)
      expect(response.headers.get('x-concord-model')).toBe(model)
      expect(response.headers.get('x-concord-sandbox')).toBe('true')
      expect(response.headers.get('x-request-id')).not.toBeNull()
    })

    test('streams the same text, with the usage in a chunk of its own only when asked', async () => {
      const whole = await openai.chat.completions.create({ model, messages })
      const plain = await read({ model, messages, stream: true })
      const counted = await read({ model, messages, stream: true, stream_options: { include_usage: true } })

      for (const { text, failure } of [plain, counted]) {
        expect(failure).toBeUndefined()
        expect(text).toBe(whole.choices[0]?.message.content)
      }
      expect(plain.chunks.every(({ choices }) => choices.length === 1)).toBe(true)
      expect(plain.chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop')
      expect(counted.chunks.at(-1)).toMatchObject({ choices: [], usage: { ...whole.usage } })
    })

    test('calls a tool, whole and in a stream, and answers with its result', async () => {
      const asked = [{ role: 'user' as const, content: 'How is the weather in Lyon?' }]
      const whole = await openai.chat.completions.create({ model, messages: asked, tools })
      const streamed = await openai.chat.completions.stream({ model, messages: asked, tools }).finalChatCompletion()
      const [call] = whole.choices[0]?.message.tool_calls ?? []
      if (call?.type !== 'function') throw new Error('no call')
      const answer = await openai.chat.completions.create({
        model,
        tools,
        parallel_tool_calls: false,
        messages: [
          { role: 'developer', content: 'Be brief.' },
          ...asked,
          { role: 'assistant', content: null, tool_calls: [call] },
          { role: 'tool', tool_call_id: call.id, content: 'rain' },
        ],
      })

      for (const { choices } of [whole, streamed]) {
        expect(choices[0]).toMatchObject({
          finish_reason: 'tool_calls',
          message: { tool_calls: [{ type: 'function', function: { name: 'get_weather' } }] },
        })
      }
      expect(JSON.parse(call.function.arguments)).toEqual({ city: 'How is the weather in Lyon?' })
      expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'rain' } })
    })

    test('answers in the form asked for', async () => {
      const { choices } = await openai.chat.completions.create({
        model,
        messages,
        response_format: { type: 'json_schema', json_schema: { name: 'place', schema, strict: true } },
      })

      expect(JSON.parse(choices[0]?.message.content ?? '')).toHaveProperty('city')
    })

    test('takes an image in the request', async () => {
      const image = { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }
      const content = [{ type: 'text' as const, text: 'What is 17 * 23?' }, image]
      const { choices } = await openai.chat.completions.create({ model, messages: [{ role: 'user', content }] })

      expect(choices[0]?.message.content).toContain('391')
    })

    test('says that an answer ended at its limit', async () => {
      const { choices } = await openai.chat.completions.create({ model, messages, max_tokens: 2 })

      expect(choices[0]?.finish_reason).toBe('length')
    })

    test.each([0, 2, 5])(
      'tells an error, and never [DONE], for a stream that is cut after %i pieces',
      async (after) => {
        await providers.fail({ fault: { kind: 'cut', after_chunks: after } })
        const { token } = await mesh.client()
        const response = await mesh.post(token, '/v1/chat/completions', { model, messages, stream: true })
        const text = await response.text()

        expect(text).not.toContain('[DONE]')
        const last = text.trimEnd().split('\n\n').at(-1)?.replace('data: ', '') ?? ''
        expect(JSON.parse(last)).toMatchObject({
          error: { type: 'server_error', code: 'upstream_cut_off', param: null },
        })
      },
    )

    test.each(['garbled', 'error_event'])('tells an error for a stream with a fault: %s', async (kind) => {
      await providers.fail({ fault: { kind, after_chunks: 2 } })

      const { failure } = await read({ model, messages, stream: true })

      expect(failure).toMatchObject({ error: { type: 'server_error', code: expect.stringMatching(/^upstream_/) } })
    })

    test('tells a provider that fails, is refused, or sends what is broken, after bounded attempts', async () => {
      for (const [kind, status] of [
        ['server_error', 502],
        ['refuse', 503],
        ['garbled', 502],
      ] as const) {
        await providers.clear()
        await providers.heal()
        await providers.fail({ fault: { kind } })
        const failure = await openai.chat.completions.create({ model, messages }).catch((error: unknown) => error)

        expect(failure).toMatchObject({ status, error: { type: 'server_error', message: expect.any(String) } })
        expect(await providers.requests()).toHaveLength(3)
      }
    })

    test('tries again before the first byte, also for a stream', async () => {
      await providers.fail({ times: 2, fault: { kind: 'server_error' } })

      expect((await read({ model, messages, stream: true })).text).toContain('391')
    })

    test('tells a limit of the provider with its Retry-After, and does not wait for long', async () => {
      await providers.fail({ fault: { kind: 'rate_limit', retry_after_s: 60 } })
      const failure = await openai.chat.completions.create({ model, messages }).catch((error: unknown) => error)

      expect(failure).toMatchObject({ status: 429, code: 'rate_limit_exceeded', type: 'rate_limit_error' })
      expect(failure instanceof APIError && failure.headers.get('retry-after')).toBe('60')
    })

    test('gives up a model that hangs, whole and in the middle of a stream', async () => {
      await providers.fail({ fault: { kind: 'hang' } })
      const whole = await openai.chat.completions.create({ model, messages }).catch((error: unknown) => error)
      await providers.heal()
      await providers.fail({ fault: { kind: 'hang', after_chunks: 2 } })
      const streamed = await read({ model, messages, stream: true })

      expect(whole).toMatchObject({ status: 504, code: 'upstream_timeout' })
      expect(streamed.failure).toMatchObject({ error: { code: 'upstream_timeout' } })
      expect(streamed.chunks.length).toBeGreaterThan(1)
    })

    test.each(['whole', 'in the middle of a stream'])('stops the model when the caller goes away: %s', async (when) => {
      const stream = when !== 'whole'
      await providers.fail({ fault: stream ? { kind: 'hang', after_chunks: 2 } : { kind: 'hang' } })
      const { openai: client, user } = await mesh.client()
      const stop = new AbortController()
      const call = client.chat.completions.create({ model, messages, stream }, { signal: stop.signal })
      void Promise.resolve(call).catch(() => {})
      await vi.waitFor(async () => expect(await providers.requests()).toHaveLength(1), patiently)
      if (stream) await call
      stop.abort()

      await vi.waitFor(
        async () => expect(await providers.requests()).toMatchObject([{ outcome: 'aborted' }]),
        patiently,
      )
      expect(await mesh.usageOf(user, 1)).toMatchObject([{ status: 'aborted', estimated: true, model }])
    })
  })
})
