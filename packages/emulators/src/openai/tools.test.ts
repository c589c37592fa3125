import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Clients, startClients } from '../../test/clients.ts'

let clients: Clients
beforeAll(async () => {
  clients = await startClients()
})
afterAll(() => clients.close())

const schema = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] }
const tools = [{ type: 'function' as const, function: { name: 'get_weather', parameters: schema } }]
const messages = [{ role: 'user' as const, content: 'How is the weather in Lyon?' }]

describe('tools', () => {
  test('a tool that fits is called, the same in a stream', async () => {
    const whole = await clients.openai.chat.completions.create({ model: 'gpt-5', messages, tools })
    const streamed = await clients.openai.chat.completions
      .stream({ model: 'gpt-5', messages, tools })
      .finalChatCompletion()

    for (const { choices } of [whole, streamed]) {
      expect(choices[0]).toMatchObject({
        finish_reason: 'tool_calls',
        message: {
          tool_calls: [{ function: { name: 'get_weather', arguments: '{"city":"How is the weather in Lyon?"}' } }],
        },
      })
    }
  })

  test('a tool is called only where it fits or must be', async () => {
    const hello = { model: 'gpt-5', messages: [{ role: 'user' as const, content: 'What is 2 + 2?' }], tools }
    const free = await clients.openai.chat.completions.create(hello)
    const bound = await clients.openai.chat.completions.create({ ...hello, tool_choice: 'required' })

    expect([free, bound].map(({ choices }) => choices[0]?.finish_reason)).toEqual(['stop', 'tool_calls'])
  })

  test('the result of a call is answered with a text', async () => {
    const call = { id: 'call_1', type: 'function' as const, function: { name: 'get_weather', arguments: '{}' } }
    const answer = await clients.openai.chat.completions.create({
      model: 'gpt-5',
      tools,
      messages: [
        ...messages,
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
      ],
    })

    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'rain' } })
  })

  test('Anthropic streams the call in pieces that its SDK joins', async () => {
    const message = await clients.anthropic.messages
      .stream({ model: 'claude', max_tokens: 999, messages, tools: [{ name: 'get_weather', input_schema: schema }] })
      .finalMessage()

    expect(message).toMatchObject({
      stop_reason: 'tool_use',
      content: [{ type: 'tool_use', name: 'get_weather', input: { city: 'How is the weather in Lyon?' } }],
    })
  })
})

describe('embeddings', () => {
  const embed = async (input: string[], dimensions?: number) => {
    const { data } = await clients.openai.embeddings.create({
      model: 'text-embedding-3-small',
      input,
      ...(dimensions ? { dimensions } : {}),
    })
    return data.map(({ embedding }) => embedding)
  }
  const likeness = (a: number[] = [], b: number[] = []) => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)

  test('are the same for the same text, and nearer for texts that share words', async () => {
    const [cat, again, kitten, tax] = await embed([
      'The cat sleeps on the mat.',
      'The cat sleeps on the mat.',
      'A cat was sleeping on a mat.',
      'Quarterly tax returns are due.',
    ])

    expect(likeness(cat, again)).toBeCloseTo(1, 5)
    expect(likeness(cat, kitten)).toBeGreaterThan(likeness(cat, tax) + 0.2)
  })

  test('have the dimensions asked for, in floats as in base64', async () => {
    const [packed] = await embed(['a text'], 64)
    const plain = await clients.openai.embeddings.create({
      model: 'text-embedding-3-small',
      input: 'a text',
      dimensions: 64,
      encoding_format: 'float',
    })

    expect(packed).toHaveLength(64)
    expect(likeness(packed, plain.data[0]?.embedding)).toBeCloseTo(1, 5)
  })

  test('are known as such among the calls, and use up no fault that is meant for answers', async () => {
    const limited = { provider: 'openai', times: 1, fault: { kind: 'server_error' } }
    await clients.control('/requests', 'DELETE')
    await clients.control('/faults', 'POST', limited)

    await embed(['a text'])
    await embed(['another'])
    await clients.control('/faults', 'DELETE')
    await clients.control('/faults', 'POST', { ...limited, purpose: 'embedding' })

    await expect(
      clients.openai.embeddings.create({ model: 'text-embedding-3-small', input: 'x' }, { maxRetries: 0 }),
    ).rejects.toMatchObject({ status: 503 })
    expect(await clients.requests()).toMatchObject([
      { purpose: 'embedding', outcome: 'answered' },
      { purpose: 'embedding', outcome: 'answered' },
      { purpose: 'embedding', fault: 'server_error' },
    ])
  })
})
