import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { emulatedProviders } from '../../test/emulated-providers.ts'
import { aCall } from '../../test/builders.ts'
import { ModelError } from '../calls/model-error.ts'
import { loadCatalogue } from '../models/catalogue.ts'
import type { LanguageModelV1 } from '../ports.ts'
import { formOf } from '../turns/answer-form.ts'
import { languageModel } from './language-model.ts'

const keys: Record<string, string> = {
  openai: 'sk-emulator',
  anthropic: 'sk-ant-emulator',
  gemini: 'AIza-emulator',
  xai: 'xai-emulator',
}

let providers: Awaited<ReturnType<typeof emulatedProviders>>
beforeAll(async () => {
  providers = await emulatedProviders()
})
afterEach(async () => {
  await providers.heal()
})
afterAll(() => providers.close())

describe.each([...loadCatalogue().values()])('$name, through the SDK of $provider', (model) => {
  const adapter = (changes: Partial<{ apiKey: string; baseUrl: string }> = {}): LanguageModelV1 =>
    languageModel(model, {
      apiKey: keys[model.provider] ?? '',
      baseUrl: providers.urls[model.provider],
      sandbox: true,
      ...changes,
    })
  const failureOf = async (language: LanguageModelV1, call = aCall()): Promise<ModelError> => {
    const error = await language.generate(call).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (!(error instanceof ModelError)) throw new Error('expected a ModelError', { cause: error })
    return error
  }

  test.each(['opening', 'vote', 'debate'] as const)('answers the form of a %s', async (purpose) => {
    const answer = await adapter().generate(aCall(purpose))

    expect(formOf(purpose)?.schema.safeParse(JSON.parse(answer.text)).error).toBeUndefined()
    expect(answer).toMatchObject({ finish: 'complete', providerModel: model.provider_model })
    expect(answer.usage.inputTokens).toBeGreaterThan(0)
    expect(answer.usage.outputTokens).toBeGreaterThan(0)
  })

  test('streams plain text whose pieces are the answer', async () => {
    const pieces: string[] = []

    const answer = await adapter().generate(aCall('synthesis', { onDelta: (text) => pieces.push(text) }))

    expect(pieces.filter(Boolean).length).toBeGreaterThan(1)
    expect(pieces.join('')).toBe(answer.text)
  })

  test('says that a 429 may be tried again, and when', async () => {
    await providers.fail({ fault: { kind: 'rate_limit', retry_after_s: 7 } })

    expect(await failureOf(adapter())).toMatchObject({ reason: 'rate_limited', retryable: true, retryAfterMs: 7_000 })
  })

  test('makes one call only: retries are not the SDK’s', async () => {
    await providers.clear()
    await providers.fail({ fault: { kind: 'server_error', status: 503 } })

    expect(await failureOf(adapter())).toMatchObject({ reason: 'upstream_error', retryable: true })

    expect(await providers.requests()).toHaveLength(1)
  })

  test.each([0, 2, 5])('takes a stream that is cut after %i pieces for an error', async (after_chunks) => {
    await providers.fail({ fault: { kind: 'cut', after_chunks } })

    expect(await failureOf(adapter())).toMatchObject({ reason: 'stream_cut', retryable: true })
  })

  test('tells a connection that is refused', async () => {
    expect(await failureOf(adapter({ baseUrl: 'http://127.0.0.1:9' }))).toMatchObject({
      reason: 'refused_connection',
      retryable: true,
    })
  })

  test('tells a connection that is closed before any answer', async () => {
    await providers.fail({ fault: { kind: 'refuse' } })

    expect(await failureOf(adapter())).toMatchObject({ reason: 'refused_connection', retryable: true })
  })

  test('tells that the model declined', async () => {
    await providers.fail({ fault: { kind: 'refusal' } })

    expect(await failureOf(adapter())).toMatchObject({ reason: 'refused_content', retryable: false })
  })

  test('tells a key that the provider refuses, without repeating it', async () => {
    const error = await failureOf(adapter({ apiKey: 'no-such-key' }))

    expect(error).toMatchObject({ reason: 'unconfigured', retryable: false })
    expect(error.message).not.toContain('no-such-key')
  })

  test('tells an answer that ended at its limit', async () => {
    expect(await adapter().generate(aCall('opening', { maxOutputTokens: 16 }))).toMatchObject({ finish: 'length' })
  })

  test.each(['before the first piece', 'in the middle'])('ends with the signal’s reason, %s', async (when) => {
    const stop = new AbortController()
    const reason = new Error('enough')
    const hang = when === 'in the middle' ? { kind: 'hang', after_chunks: 2 } : { kind: 'hang' }
    await providers.fail({ fault: hang })
    if (when !== 'in the middle') setTimeout(() => stop.abort(reason), 100)

    const answer = adapter().generate(
      aCall('opening', { signal: stop.signal, onDelta: (text) => void (text && stop.abort(reason)) }),
    )

    await expect(answer).rejects.toBe(reason)
  })
})
