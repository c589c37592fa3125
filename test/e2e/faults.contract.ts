import { apiClient, memberOf, registerUser, submitQuery } from '@concord/testing/api-client'
import type { ApiClient } from '@concord/testing/api-client'
import { emulatorControl } from '@concord/testing/emulator-control'
import type { EmulatorControl } from '@concord/testing/emulator-control'
import { readEventStream } from '@concord/testing/live-reader'
import type { MeshProcess } from '@concord/testing/mesh-process'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as page from './api-page.ts'
import { completedResults, durableEvents, untilEnded } from './deliberations.ts'

/** Turns are short, so that a hang is over soon, and a provider that failed in one test is asked again in the next. */
export const faultSettings = { TURN_DEADLINE_S: '4', BREAKER_FAILURES: '1000' }

type Loss = { fault: string; rule: object; reasons: string[] }

const lost: Loss[] = [
  { fault: 'cuts its stream', rule: { kind: 'cut', after_chunks: 3 }, reasons: ['stream_cut'] },
  { fault: 'hangs past its deadline', rule: { kind: 'hang' }, reasons: ['timed_out'] },
  { fault: 'hangs amid its answer', rule: { kind: 'hang', after_chunks: 3 }, reasons: ['timed_out'] },
  { fault: 'sends JSON of another form', rule: { kind: 'wrong_schema' }, reasons: ['malformed_output'] },
  { fault: 'refuses connections', rule: { kind: 'refuse' }, reasons: ['refused_connection'] },
  { fault: 'fails with 503', rule: { kind: 'server_error', status: 503 }, reasons: ['upstream_error'] },
  { fault: 'is rate-limited for long', rule: { kind: 'rate_limit', retry_after_s: 3_600 }, reasons: ['rate_limited'] },
]

/** What a client sees of one fault at a time, made by the emulators. */
export function faults(meshOf: () => MeshProcess): void {
  let api: ApiClient
  let emulators: EmulatorControl
  beforeEach(async () => {
    api = (await registerUser(apiClient(meshOf().url))).api
    emulators = emulatorControl(meshOf().emulators)
    await emulators.reset()
  })
  afterEach(() => emulators.reset())

  describe('a model that recovers', () => {
    test('is no loss after two 429', async () => {
      await emulators.fault({ provider: 'gemini', times: 2, fault: { kind: 'rate_limit', retry_after_s: 0.2 } })

      const id = await submitQuery(api, { query: 'What is 17 * 23?' })
      const { consensus, metadata, individual_responses: responses } = await completedResults(api, id)

      expect((await emulators.requests()).filter(({ fault }) => fault === 'rate_limit')).toHaveLength(2)
      expect(consensus.answer).toBe('391')
      expect(responses['gemini']?.status).toBe('ok')
      expect(metadata).toMatchObject({ models_failed: [], degraded: false })
    })

    test.each(['missing_brace', 'trailing_text', 'markdown_fences'])(
      'is no loss when its JSON is broken but can be read (%s)',
      async (how) => {
        await emulators.fault({ provider: 'anthropic', purpose: 'opening', fault: { kind: 'malformed_json', how } })

        const id = await submitQuery(api, { query: 'What is 17 * 23?' })
        const { consensus, metadata, individual_responses: responses } = await completedResults(api, id)

        expect(consensus.answer).toBe('391')
        expect(responses['claude']).toMatchObject({ status: 'ok' })
        expect(metadata).toMatchObject({ models_failed: [], degraded: false })
      },
    )

    test('is no loss when its stream is cut once', async () => {
      await emulators.fault({ provider: 'openai', times: 1, fault: { kind: 'cut', after_chunks: 2 } })

      const { metadata } = await completedResults(api, await submitQuery(api, { query: 'What is 17 * 23?' }))

      expect(metadata).toMatchObject({ models_failed: [], degraded: false })
    })
  })

  describe('a model that is lost', () => {
    test.each(lost)('does not keep the others from an answer when it $fault', async ({ rule, reasons }) => {
      await emulators.fault({ provider: 'xai', fault: rule })

      const id = await submitQuery(api, { query: 'What is 17 * 23?' })
      const { messages } = await readEventStream(api, id)
      const { consensus, metadata, individual_responses: responses } = await completedResults(api, id)

      expect(consensus.answer).toBe('391')
      expect(metadata.degraded).toBe(true)
      expect(metadata.models_failed.map(({ model }) => model)).toEqual(['grok'])
      expect(reasons).toContain(metadata.models_failed[0]?.reason)
      expect(metadata.models_failed[0]?.detail).not.toBe('')
      expect(responses['grok']).toMatchObject({ response: null, status: 'failed', sandbox: true })
      expect(responses['gpt5']?.status).toBe('ok')
      const failures = durableEvents(messages).filter(({ type }) => type === 'model_failed')
      expect(failures.map(({ data }) => memberOf(data, 'model'))).toEqual(['grok'])
    })

    test('at the writing leaves a summary all the same', async () => {
      await emulators.fault({ purpose: 'synthesis', fault: { kind: 'server_error', status: 500 } })

      const { consensus } = await completedResults(api, await submitQuery(api, { query: 'What is 17 * 23?' }))

      expect(consensus.answer).toBe('391')
      expect(consensus.summary).toContain('391')
    })
  })

  test('three of four lost fail the query with a reason, and give the day’s count back', async () => {
    for (const provider of ['openai', 'anthropic', 'gemini'])
      await emulators.fault({ provider, fault: { kind: 'refuse' } })

    const id = await submitQuery(api, { query: 'What is 17 * 23?' })
    const { messages } = await readEventStream(api, id)
    const results = page.failed.parse(await untilEnded(api, id))
    await emulators.reset()
    const next = await api.post('/queries', { query: 'What is 17 * 23?' })

    expect(results.error.code).toBe('insufficient_quorum')
    expect(results.error.detail).not.toBe('')
    expect(results.metadata.models_failed.map(({ model }) => model).toSorted()).toEqual(['claude', 'gemini', 'gpt5'])
    expect(durableEvents(messages).at(-1)).toMatchObject({ type: 'query_failed', data: results })
    expect(next.body).toMatchObject({ daily_usage: { current: 1, limit: 10, remaining: 9 } })
  })
}
