import { OpeningAnswer } from '@concord/contracts/turns'
import Anthropic, { AuthenticationError, BadRequestError, NotFoundError } from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Clients, startClients } from '../../test/clients.ts'
import { openingSchema, prompt } from '../../test/prompts.ts'

let clients: Clients
beforeAll(async () => {
  clients = await startClients()
})
afterAll(() => clients.close())

const ask = {
  model: 'claude-sonnet-5',
  max_tokens: 2_000,
  system: 'Answer briefly.',
  messages: [{ role: 'user' as const, content: prompt({ QUESTION: 'What is 17 * 23?' }) }],
}
const formed = { ...ask, output_config: { format: { type: 'json_schema' as const, schema: openingSchema } } }

describe('Messages', () => {
  test('answers with text, usage and a request id', async () => {
    const { data: message, request_id: requestId } = await clients.anthropic.messages.create(ask).withResponse()

    expect(message.content[0]).toMatchObject({ type: 'text', text: expect.stringContaining('391') })
    expect(message).toMatchObject({ model: ask.model, stop_reason: 'end_turn', usage: { input_tokens: 23 } })
    expect(requestId).toMatch(/^req_/)
  })

  test('streams an answer in the form asked for, the same as at once', async () => {
    const whole = await clients.anthropic.messages.create(formed)
    const stream = clients.anthropic.messages.stream(formed)
    let text = ''
    stream.on('text', (delta) => {
      text += delta
    })
    const final = await stream.finalMessage()

    expect(OpeningAnswer.parse(JSON.parse(text))).toMatchObject({ answer_type: 'number', final: '391' })
    expect(whole.content[0]).toMatchObject({ text })
    expect(final.usage).toMatchObject({
      input_tokens: whole.usage.input_tokens,
      output_tokens: whole.usage.output_tokens,
    })
  })

  test('says that an answer was cut at the limit of its tokens, or refused', async () => {
    const headers = { 'x-emulate-fault': 'refusal' }

    expect(await clients.anthropic.messages.create({ ...ask, max_tokens: 2 })).toMatchObject({
      stop_reason: 'max_tokens',
    })
    expect(await clients.anthropic.messages.create(ask, { headers })).toMatchObject({ stop_reason: 'refusal' })
  })
})

test('says which stop sequence ended an answer', async () => {
  const ask = {
    model: 'claude',
    max_tokens: 99,
    stop_sequences: ['='],
    messages: [{ role: 'user' as const, content: 'What is 17 * 23?' }],
  }
  const whole = await clients.anthropic.messages.create(ask)
  const streamed = await clients.anthropic.messages.stream(ask).finalMessage()

  for (const message of [whole, streamed])
    expect(message).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: '=',
      content: [{ type: 'text', text: '17 × 20 ' }],
    })
})

describe('errors', () => {
  test('answers 401 without a key of Anthropic’s format', async () => {
    const stranger = new Anthropic({ baseURL: clients.urls.anthropic, apiKey: 'sk-nonsense', maxRetries: 0 })

    await expect(stranger.messages.create(ask)).rejects.toThrow(AuthenticationError)
  })

  test('answers 404 with its type and the request’s id for an unknown model', async () => {
    const call = clients.anthropic.messages.create({ ...ask, model: 'no-such-model' })

    await expect(call).rejects.toThrow(NotFoundError)
    await expect(call).rejects.toMatchObject({ type: 'not_found_error', requestID: expect.stringMatching(/^req_/) })
  })

  test('answers 400 for a limit of no tokens', async () => {
    await expect(clients.anthropic.messages.create({ ...ask, max_tokens: -1 })).rejects.toThrow(BadRequestError)
  })

  test('lists its models', async () => {
    const { data } = await clients.anthropic.models.list()

    expect(data.map(({ id }) => id)).toContain('claude-sonnet-4-5')
  })
})
