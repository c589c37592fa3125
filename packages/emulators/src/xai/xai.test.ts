import { OpeningAnswer } from '@concord/contracts/turns'
import OpenAI, { AuthenticationError, NotFoundError } from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Clients, startClients } from '../../test/clients.ts'
import { openingSchema, prompt } from '../../test/prompts.ts'

let clients: Clients
beforeAll(async () => {
  clients = await startClients()
})
afterAll(() => clients.close())

const input = prompt({ QUESTION: 'What is 17 * 23?' })
const format = { type: 'json_schema' as const, name: 'opening_answer', schema: openingSchema }

test('answers and streams by the Responses API in the form asked for', async () => {
  const whole = await clients.xai.responses.create({ model: 'grok-4', input, text: { format } })
  const streamed = await clients.xai.responses.stream({ model: 'grok-4', input, text: { format } }).finalResponse()

  expect(OpeningAnswer.parse(JSON.parse(whole.output_text))).toMatchObject({ final: '391' })
  expect(streamed.output_text).toBe(whole.output_text)
})

test('answers and streams by Chat Completions', async () => {
  const messages = [{ role: 'user' as const, content: 'What is 17 * 23?' }]
  const whole = await clients.xai.chat.completions.create({ model: 'grok-4', messages })
  const streamed = await clients.xai.chat.completions.stream({ model: 'grok-4', messages }).finalContent()

  expect(whole.choices[0]?.message.content).toContain('391')
  expect(streamed).toBe(whole.choices[0]?.message.content)
})

test('answers 401 for a key of another provider', async () => {
  const stranger = new OpenAI({ baseURL: `${clients.urls.xai}/v1`, apiKey: 'sk-emulator', maxRetries: 0 })

  await expect(stranger.responses.create({ model: 'grok-4', input })).rejects.toThrow(AuthenticationError)
})

test('answers 404 with the error as a text', async () => {
  const call = clients.xai.responses.create({ model: 'no-such-model', input })

  await expect(call).rejects.toThrow(NotFoundError)
  await expect(call).rejects.toMatchObject({ error: expect.stringContaining('no-such-model') })
})

test('lists its own models only', async () => {
  const { data } = await clients.xai.models.list()

  expect(data.every(({ id }) => id.startsWith('grok-'))).toBe(true)
})
