import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { emulatorControl } from '@concord/testing/emulator-control'
import type { EmulatorControl } from '@concord/testing/emulator-control'
import type { MeshProcess } from '@concord/testing/mesh-process'
import { embedMany, generateText, isStepCount, Output, streamText, tool } from 'ai'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { completedResults } from './deliberations.ts'
import * as page from './api-page.ts'
import { doorUser, unlimitedDoorUser } from './door-user.ts'
import type { DoorUser } from './door-user.ts'
import { embeddedMesh } from './meshes.ts'

/** Vercel's AI SDK with its provider for OpenAI-compatible APIs, unchanged, with a key of Concord. */
let mesh: MeshProcess
let control: EmulatorControl
let user: DoorUser

beforeAll(async () => {
  mesh = await embeddedMesh({ MODEL_MAX_ATTEMPTS: '1', BREAKER_FAILURES: '1000' })
  control = emulatorControl(mesh.emulators)
  user = await unlimitedDoorUser(mesh)
})
afterAll(() => mesh.close())
afterEach(() => control.reset())

const question = 'What is 17 * 23?'

function providerOf({ key, baseURL }: DoorUser) {
  return createOpenAICompatible({
    name: 'concord',
    apiKey: key,
    baseURL,
    includeUsage: true,
    supportsStructuredOutputs: true,
  })
}
const model = (id: string) => providerOf(user)(id)

/** Reads a stream to its end, and keeps what went wrong. */
async function readAll(asked: Pick<Parameters<typeof streamText>[0], 'model'>) {
  const errors: unknown[] = []
  const result = streamText({
    ...asked,
    prompt: question,
    maxRetries: 0,
    onError: ({ error }) => void errors.push(error),
  })
  const parts: string[] = []
  for await (const part of result.fullStream) parts.push(part.type)
  return { result, parts, errors }
}

async function objectOf<Schema extends z.ZodType>(id: string, schema: Schema): Promise<unknown> {
  const { output } = await generateText({ model: model(id), prompt: question, output: Output.object({ schema }) })
  return output
}

function errorOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  )
}

async function newest(of: DoorUser): Promise<page.Completed> {
  const [query] = page.page.parse((await of.api.get('/queries')).body).data
  return completedResults(of.api, query?.query_id ?? '')
}

describe.each(['gpt5', 'claude', 'concord'])('%s', (id) => {
  test('generates text', async () => {
    const { text, finishReason, usage } = await generateText({ model: model(id), prompt: question })

    expect(text).toContain('391')
    expect(finishReason).toBe('stop')
    expect(usage.totalTokens).toBe((usage.inputTokens ?? 0) + (usage.outputTokens ?? Number.NaN))
  })

  test('streams text, with its usage at the end', async () => {
    const { result, parts, errors } = await readAll({ model: model(id) })

    expect(errors).toEqual([])
    expect(parts).toContain('text-delta')
    expect(await result.text).toContain('391')
    expect((await result.usage).totalTokens).toBeGreaterThan(0)
  })

  test('that breaks off in the middle is an error', async () => {
    const asked = await doorUser(mesh)
    await control.fault({
      fault: id === 'concord' ? { kind: 'server_error', status: 500 } : { kind: 'cut', after_chunks: 3 },
    })
    const { parts, errors } = await readAll({ model: providerOf(asked)(id) })

    expect(errors).toHaveLength(1)
    expect(parts).toContain('error')
  })
})

describe('a single model', () => {
  test.each(['gpt5', 'claude'])('calls tools, and goes on with their results (%s)', async (id) => {
    const asked: unknown[] = []
    const get_weather = tool({
      inputSchema: z.object({ city: z.string() }),
      execute: async (input) => {
        asked.push(input)
        return 'rain'
      },
    })
    const { text, steps } = await generateText({
      model: model(id),
      prompt: 'How is the weather in Lyon?',
      tools: { get_weather },
      stopWhen: isStepCount(3),
    })

    expect(asked).toEqual([{ city: expect.any(String) }])
    expect(steps).toHaveLength(2)
    expect(text).toContain('rain')
  })

  test('generates an object', async () => {
    const object = await objectOf('gpt5', z.object({ total: z.number() }))

    expect(object).toEqual({ total: expect.any(Number) })
  })

  test('makes embeddings', async () => {
    const List = z.object({ data: z.array(z.object({ id: z.string() })) })
    const { body } = await user.api.call('GET', `${mesh.url}/v1/models`)
    const id = List.parse(body).data.find((one) => one.id.includes('embedding'))?.id ?? ''
    const { embeddings } = await embedMany({ model: providerOf(user).embeddingModel(id), values: ['one', 'two'] })

    expect(embeddings).toHaveLength(2)
  })
})

describe('the council', () => {
  test('gives its summary and the tokens of all its turns', async () => {
    const whole = await generateText({ model: model('concord'), prompt: question })
    const told = await newest(user)
    const { result } = await readAll({ model: model('concord') })
    const streamed = await newest(user)

    expect(whole.text).toBe(told.consensus.summary)
    expect(whole.usage).toMatchObject({
      inputTokens: told.metadata.tokens.input,
      outputTokens: told.metadata.tokens.output,
    })
    expect(await result.text).toBe(streamed.consensus.summary)
    expect(await result.usage).toMatchObject({
      inputTokens: streamed.metadata.tokens.input,
      outputTokens: streamed.metadata.tokens.output,
    })
  })

  test('generates an object of what it found', async () => {
    const schema = z.object({ answer: z.string().nullable(), confidence: z.number(), summary: z.string() })
    const object = await objectOf('concord', schema)

    expect(object).toMatchObject({ answer: '391', confidence: expect.any(Number) })
  })

  test('refuses tools and objects that it cannot give', async () => {
    const get_weather = tool({ inputSchema: z.object({ city: z.string() }), execute: async () => 'rain' })
    const withTool = await errorOf(generateText({ model: model('concord'), prompt: question, tools: { get_weather } }))
    const withObject = await errorOf(objectOf('concord', z.object({ colour: z.string() })))

    for (const error of [withTool, withObject]) expect(error).toMatchObject({ statusCode: 400, isRetryable: false })
    expect(withTool).toHaveProperty('message', expect.stringContaining('calls no tools'))
    expect(withObject).toHaveProperty('message', expect.stringContaining('no such field'))
  })
})
