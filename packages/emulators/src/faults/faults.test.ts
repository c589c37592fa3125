import { APIConnectionError, APIConnectionTimeoutError, InternalServerError, RateLimitError } from 'openai'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Clients, startClients } from '../../test/clients.ts'
import { openingSchema, prompt } from '../../test/prompts.ts'

let clients: Clients
beforeAll(async () => {
  clients = await startClients()
})
afterEach(async () => {
  await clients.control('/faults', 'DELETE')
  await clients.control('/requests', 'DELETE')
})
afterAll(() => clients.close())

const ask = {
  model: 'gpt-5',
  input: prompt({ QUESTION: 'What is 17 * 23?' }),
  text: { format: { type: 'json_schema' as const, name: 'opening_answer', schema: openingSchema } },
}

const withFault = (fault: string, timeout = 20_000) =>
  clients.openai.responses.create(ask, { headers: { 'x-emulate-fault': fault }, timeout })

describe('by header', () => {
  test('answers 429 with Retry-After', async () => {
    const error = await withFault('rate_limit;retry_after_s=7').catch((thrown: unknown) => thrown)

    expect(error).toBeInstanceOf(RateLimitError)
    expect(error).toMatchObject({ status: 429, headers: expect.anything() })
    expect(error instanceof RateLimitError && error.headers.get('retry-after')).toBe('7')
  })

  test('answers 5xx', async () => {
    await expect(withFault('server_error;status=502')).rejects.toThrow(InternalServerError)
  })

  test('accepts and never answers', async () => {
    await expect(withFault('hang', 200)).rejects.toThrow(APIConnectionTimeoutError)
  })

  test('refuses the connection', async () => {
    await expect(withFault('refuse')).rejects.toThrow(APIConnectionError)
  })

  test('waits before it answers, with a jitter', async () => {
    await withFault('latency;ms=80;jitter_ms=20')
    const [request] = await clients.requests()

    expect(request?.planned_ms).toBeGreaterThanOrEqual(80)
    expect(request?.planned_ms).toBeLessThanOrEqual(100)
  })

  test.each(['missing_brace', 'trailing_text', 'markdown_fences', 'truncated'])('breaks the JSON: %s', async (how) => {
    const { output_text: text } = await withFault(`malformed_json;how=${how}`)

    expect(() => JSON.parse(text)).toThrow(SyntaxError)
    expect(text).toContain('reasoning')
  })

  test('answers JSON of another schema', async () => {
    expect(JSON.parse((await withFault('wrong_schema')).output_text)).not.toHaveProperty('reasoning')
  })

  test('answers 400 for a fault that it does not know', async () => {
    await expect(withFault('earthquake')).rejects.toMatchObject({ status: 400 })
  })
})

describe('in a stream', () => {
  test('is cut after the pieces asked for, which the SDKs see as an error', async () => {
    const stream = await clients.openai.responses.create(
      { ...ask, stream: true },
      { headers: { 'x-emulate-fault': 'cut;after_chunks=2' } },
    )
    let deltas = 0
    const reading = (async () => {
      for await (const event of stream) if (event.type === 'response.output_text.delta') deltas += 1
    })()

    await expect(reading).rejects.toBeInstanceOf(Error)
    expect(deltas).toBe(2)
  })

  test('is cut for Anthropic and Gemini as well', async () => {
    await clients.control('/faults', 'POST', { fault: { kind: 'cut', after_chunks: 1 } })
    const message = clients.anthropic.messages
      .stream({ model: 'claude', max_tokens: 999, messages: [{ role: 'user', content: 'What is 17 * 23?' }] })
      .finalMessage()
    const reading = (async () => {
      const stream = await clients.gemini.models.generateContentStream({
        model: 'gemini',
        contents: 'What is 17 * 23?',
      })
      for await (const chunk of stream) expect(chunk).toBeDefined()
    })()

    const outcomes = await Promise.allSettled([message, reading])

    expect(outcomes).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }])
  })

  test('hangs in the middle until the client goes away, which is seen', async () => {
    await clients.control('/faults', 'POST', { fault: { kind: 'hang', after_chunks: 2 } })
    const stopping = new AbortController()
    const stream = await clients.openai.responses.create({ ...ask, stream: true }, { signal: stopping.signal })
    let deltas = 0
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') deltas += 1
      if (deltas === 2) stopping.abort()
    }

    await expect.poll(() => clients.requests()).toMatchObject([{ aborted: true, fault: 'hang', provider: 'openai' }])
  })
})

describe('at the wire', () => {
  const chat = { model: 'gpt-5', messages: [{ role: 'user' as const, content: 'What is 17 * 23?' }] }
  const read = async (fault: string) => {
    const stream = await clients.openai.chat.completions.create(
      { ...chat, stream: true },
      { headers: { 'x-emulate-fault': fault } },
    )
    for await (const chunk of stream) expect(chunk).toBeDefined()
  }

  test('breaks the body off', async () => {
    const call = clients.openai.chat.completions.create(chat, { headers: { 'x-emulate-fault': 'garbled' } })

    await expect(call).rejects.toBeInstanceOf(SyntaxError)
  })

  test('breaks an event of a stream', async () => {
    await expect(read('garbled;after_chunks=1')).rejects.toBeInstanceOf(SyntaxError)
  })

  test('says in the stream that it failed', async () => {
    await expect(read('error_event;after_chunks=1')).rejects.toMatchObject({ error: { type: 'server_error' } })
  })
})

describe('by control route', () => {
  test('answers 429 twice, after which a client that retries gets its answer', async () => {
    await clients.control('/faults', 'POST', {
      provider: 'anthropic',
      times: 2,
      fault: { kind: 'rate_limit', retry_after_s: 0.01 },
    })
    const message = await clients.anthropic.messages.create(
      { model: 'claude', max_tokens: 999, messages: [{ role: 'user', content: 'What is 17 * 23?' }] },
      { maxRetries: 2 },
    )

    expect(message.stop_reason).toBe('end_turn')
    expect(await clients.requests()).toMatchObject([
      { outcome: 'failed' },
      { outcome: 'failed' },
      { outcome: 'answered' },
    ])
  })

  test('concerns only the provider, model and purpose named', async () => {
    const fault = { kind: 'server_error' }
    await clients.control('/faults', 'POST', { provider: 'xai', fault })
    await clients.control('/faults', 'POST', { model: 'gpt-4', fault })
    await clients.control('/faults', 'POST', { purpose: 'vote', fault })

    expect(await clients.openai.responses.create(ask)).toMatchObject({ status: 'completed' })
  })

  test('answers 400 for a rule that makes no sense', async () => {
    expect((await clients.control('/faults', 'POST', { fault: { kind: 'earthquake' } })).status).toBe(400)
    expect((await clients.control('/wrong', 'POST', { model: 'grok', rate: 7 })).status).toBe(400)
  })

  test('logs what was asked without any of its text', async () => {
    await clients.openai.responses.create(ask)
    const entries = await clients.requests()

    expect(entries).toMatchObject([{ provider: 'openai', model: 'gpt-5', purpose: 'opening', outcome: 'answered' }])
    expect(JSON.stringify(entries)).not.toContain('What is')
  })
})
