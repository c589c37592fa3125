import { OpeningAnswer } from '@concord/contracts/turns'
import { ApiError, GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Clients, startClients } from '../../test/clients.ts'
import { openingSchema, prompt } from '../../test/prompts.ts'

let clients: Clients
beforeAll(async () => {
  clients = await startClients()
})
afterAll(() => clients.close())

const ask = {
  model: 'gemini-2.5-pro',
  contents: prompt({ QUESTION: 'What is 17 * 23?' }),
  config: {
    systemInstruction: 'Answer briefly.',
    responseMimeType: 'application/json',
    responseJsonSchema: openingSchema,
  },
}

describe('generateContent', () => {
  test('answers in the form asked for, with usage', async () => {
    const response = await clients.gemini.models.generateContent(ask)

    expect(OpeningAnswer.parse(JSON.parse(response.text ?? ''))).toMatchObject({ answer_type: 'number', final: '391' })
    expect(response.usageMetadata).toMatchObject({ promptTokenCount: 23 })
    expect(response.responseId).toBeTruthy()
  })

  test('streams the same text that it answers at once', async () => {
    const whole = await clients.gemini.models.generateContent(ask)
    let text = ''
    let usage
    for await (const chunk of await clients.gemini.models.generateContentStream(ask)) {
      text += chunk.text ?? ''
      usage = chunk.usageMetadata
    }

    expect(text).toBe(whole.text)
    expect(usage).toEqual(whole.usageMetadata)
  })

  test('says that an answer was cut at the limit of its tokens, or refused', async () => {
    const short = await clients.gemini.models.generateContent({ ...ask, config: { maxOutputTokens: 2 } })
    const refused = await clients.gemini.models.generateContent({
      ...ask,
      config: { httpOptions: { headers: { 'x-emulate-fault': 'refusal' } } },
    })

    expect(short.candidates?.[0]?.finishReason).toBe('MAX_TOKENS')
    expect(refused.candidates?.[0]?.finishReason).toBe('SAFETY')
  })
})

describe('errors', () => {
  test('answers 401 without a key of Google’s format', async () => {
    const stranger = new GoogleGenAI({ apiKey: 'nonsense', httpOptions: { baseUrl: clients.urls.gemini } })

    await expect(stranger.models.generateContent(ask)).rejects.toMatchObject({ status: 401 })
  })

  test('answers 404 in Google’s error model for an unknown model', async () => {
    const call = clients.gemini.models.generateContent({ ...ask, model: 'no-such-model' })

    await expect(call).rejects.toThrow(ApiError)
    await expect(call).rejects.toMatchObject({ status: 404, message: expect.stringContaining('NOT_FOUND') })
  })

  test('answers 400 for a limit of no tokens', async () => {
    const call = clients.gemini.models.generateContent({ ...ask, config: { maxOutputTokens: -1 } })

    await expect(call).rejects.toMatchObject({ status: 400, message: expect.stringContaining('INVALID_ARGUMENT') })
  })

  test('lists its models', async () => {
    const names: string[] = []
    for await (const model of await clients.gemini.models.list()) names.push(model.name ?? '')

    expect(names).toContain('models/gemini-2.5-pro')
  })
})
