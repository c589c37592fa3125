import { OpeningAnswer } from '@concord/contracts/turns'
import OpenAI, { APIUserAbortError, AuthenticationError, BadRequestError, NotFoundError } from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Clients, startClients } from '../../test/clients.ts'
import { openingSchema, prompt } from '../../test/prompts.ts'

let clients: Clients
beforeAll(async () => {
  clients = await startClients()
})
afterAll(() => clients.close())

const input = [
  { role: 'system' as const, content: 'Answer briefly.' },
  { role: 'user' as const, content: prompt({ QUESTION: 'What is 17 * 23?' }) },
]
const format = { type: 'json_schema' as const, name: 'opening_answer', schema: openingSchema, strict: true }

describe('the Responses API', () => {
  test('answers a plain prompt with text, usage and a request id', async () => {
    const { data: response, request_id: requestId } = await clients.openai.responses
      .create({ model: 'gpt-5', input: 'What is 17 * 23?', store: false })
      .withResponse()

    expect(response.output_text).toContain('391')
    expect(response).toMatchObject({ status: 'completed', model: 'gpt-5', usage: { input_tokens: 4 } })
    expect(requestId).toMatch(/^req_/)
  })

  test('answers in the form asked for', async () => {
    const response = await clients.openai.responses.create({ model: 'gpt-5', input, text: { format } })

    expect(OpeningAnswer.parse(JSON.parse(response.output_text))).toMatchObject({ answer_type: 'number', final: '391' })
  })

  test('streams the same text that it answers at once', async () => {
    const whole = await clients.openai.responses.create({ model: 'gpt-5', input, text: { format } })
    const stream = clients.openai.responses.stream({ model: 'gpt-5', input, text: { format } })
    let deltas = ''
    for await (const event of stream) if (event.type === 'response.output_text.delta') deltas += event.delta

    expect(deltas).toBe(whole.output_text)
    expect((await stream.finalResponse()).usage).toEqual(whole.usage)
  })

  test('says that an answer was cut at the limit of its tokens', async () => {
    const response = await clients.openai.responses.create({ model: 'gpt-5', input, max_output_tokens: 2 })

    expect(response).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })
  })

  test('refuses content with a refusal part when told to', async () => {
    const response = await clients.openai.responses.create(
      { model: 'gpt-5', input },
      { headers: { 'x-emulate-fault': 'refusal' } },
    )

    expect(response.output[0]).toMatchObject({ type: 'message', content: [{ type: 'refusal' }] })
  })
})

describe('Chat Completions', () => {
  test('answers in the form asked for', async () => {
    const completion = await clients.openai.chat.completions.create({
      model: 'gpt-5',
      messages: input,
      response_format: { type: 'json_schema', json_schema: format },
    })

    expect(OpeningAnswer.parse(JSON.parse(completion.choices[0]?.message.content ?? ''))).toMatchObject({
      final: '391',
    })
  })

  test('answers with an object where any JSON will do', async () => {
    const answer = await clients.openai.chat.completions.create({
      model: 'gpt-5',
      messages: [{ role: 'user', content: 'What is 17 * 23?' }],
      response_format: { type: 'json_object' },
    })

    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ answer: expect.stringContaining('391') })
  })

  test('ends before the first of the stop sequences, the same in a stream', async () => {
    const ask = {
      model: 'gpt-5',
      messages: [{ role: 'user' as const, content: 'What is 17 * 23?' }],
      stop: ['51', '='],
    }
    const whole = await clients.openai.chat.completions.create(ask)
    const streamed = await clients.openai.chat.completions.stream(ask).finalChatCompletion()

    for (const { choices } of [whole, streamed])
      expect(choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: '17 × 20 ' } })
  })

  test('streams text and ends with the usage when asked to', async () => {
    const stream = clients.openai.chat.completions.stream({
      model: 'gpt-5',
      messages: [{ role: 'user', content: 'What is 17 * 23?' }],
      stream_options: { include_usage: true },
    })

    expect((await stream.finalChatCompletion()).choices[0]?.message.content).toContain('391')
    expect(await stream.totalUsage()).toMatchObject({ prompt_tokens: 4 })
  })
})

test('embeds tokens as it embeds texts, one vector for each list of them', async () => {
  const embed = (tokens: number[] | number[][]) =>
    clients.openai.embeddings.create({ model: 'text-embedding-3-small', input: tokens })
  const [one, two] = [await embed([1, 2, 3]), await embed([[1, 2, 3], [4]])]

  expect([one.usage.total_tokens, two.usage.total_tokens]).toEqual([3, 4])
  expect(two.data.map(({ index }) => index)).toEqual([0, 1])
  expect(two.data[0]?.embedding).toEqual(one.data[0]?.embedding)
  expect(two.data[1]?.embedding).not.toEqual(one.data[0]?.embedding)
})

describe('errors', () => {
  test('answers 401 without a key of OpenAI’s format', async () => {
    const stranger = new OpenAI({ baseURL: `${clients.urls.openai}/v1`, apiKey: 'nonsense', maxRetries: 0 })

    await expect(stranger.responses.create({ model: 'gpt-5', input })).rejects.toThrow(AuthenticationError)
  })

  test('answers 404 with its code for an unknown model', async () => {
    const call = clients.openai.responses.create({ model: 'no-such-model', input })

    await expect(call).rejects.toThrow(NotFoundError)
    await expect(call).rejects.toMatchObject({ code: 'model_not_found', param: 'model' })
  })

  test('answers 400 and names the parameter that is wrong', async () => {
    const call = clients.openai.responses.create({ model: 'gpt-5', input, max_output_tokens: -1 })

    await expect(call).rejects.toThrow(BadRequestError)
    await expect(call).rejects.toMatchObject({ param: 'max_output_tokens' })
  })

  test('lists its models', async () => {
    const { data } = await clients.openai.models.list()

    expect(data.map(({ id }) => id)).toContain('gpt-5')
  })
})

test('stops its work when the client goes away', async () => {
  const slow = await startClients({ pace: { minMs: 60_000, maxMs: 60_000 } })
  const stopping = new AbortController()
  const call = slow.openai.responses.create({ model: 'gpt-5', input }, { signal: stopping.signal })
  await expect.poll(async () => (await slow.requests()).length).toBe(1)
  stopping.abort()

  await expect(call).rejects.toThrow(APIUserAbortError)
  await expect.poll(async () => (await slow.requests())[0]).toMatchObject({ aborted: true, outcome: 'aborted' })
  await slow.close()
})
