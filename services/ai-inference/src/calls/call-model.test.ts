import { createLogger } from '@concord/service-kit/logging'
import { Registry } from 'prom-client'
import { describe, expect, test } from 'vitest'
import { answers, fails, hangs, isDeaf, scriptedModel } from '../../test/scripted-model.ts'
import type { Step } from '../../test/scripted-model.ts'
import { loadCatalogue } from '../models/catalogue.ts'
import { trackRecord } from '../models/track-record.ts'
import { callMetrics } from './call-metrics.ts'
import { createCallModel } from './call-model.ts'
import type { Question } from './call-model.ts'
import { createLane } from './lane.ts'
import type { LaneOptions } from './lane.ts'

function aCaller(steps: Step[], changes: Partial<LaneOptions> & { silenceMs?: number } = {}) {
  const [model] = loadCatalogue().values()
  if (!model) throw new Error('the catalogue is empty')
  const language = scriptedModel(...steps)
  const lane = createLane({
    provider: model.provider,
    concurrency: 16,
    breakerFailures: 5,
    breakerOpenMs: 300,
    ...changes,
  })
  const registry = new Registry()
  const record = trackRecord()
  const callModel = createCallModel({
    languageModels: new Map([[model.name, language]]),
    laneOf: () => lane,
    metrics: callMetrics(
      { metrics: registry, logger: createLogger('test', 'silent') },
      new Map([[model.provider, lane]]),
    ),
    record,
    silenceMs: changes.silenceMs ?? 60_000,
  })
  const meter = { attempts: 0, usage: { inputTokens: 0, outputTokens: 0 } }
  const deltas: [string, number][] = []
  const ask = (question: Partial<Question> & { inMs?: number } = {}) =>
    callModel({
      model,
      prompt: { system: '', user: '', maxOutputTokens: 100, temperature: null },
      deadlineAt: Date.now() + (question.inMs ?? 20_000),
      signal: new AbortController().signal,
      meter,
      maxAttempts: 3,
      onDelta: (...delta) => deltas.push(delta),
      ...question,
    })
  return { ask, language, lane, meter, deltas, record, model, metrics: () => registry.metrics() }
}

describe('callModel', () => {
  test('asks again after passing failures, and counts what all attempts cost', async () => {
    const caller = aCaller([fails('upstream_error'), fails('stream_cut', { outputTokens: 3 }), answers('yes')])

    expect(await caller.ask()).toMatchObject({ text: 'yes' })

    expect(caller.meter).toEqual({ attempts: 3, usage: { inputTokens: 20, outputTokens: 8 } })
    expect(caller.deltas).toEqual([['yes', 3]])
  })

  test('waits at least as long as the provider asks', async () => {
    const caller = aCaller([fails('rate_limited', { retryAfterMs: 200 }), answers('yes')])
    const startedAt = performance.now()

    await caller.ask()

    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(199)
  })

  test('does not wait for what cannot come before the deadline', async () => {
    const caller = aCaller([fails('rate_limited', { retryAfterMs: 60_000 }), answers('yes')])

    await expect(caller.ask()).rejects.toMatchObject({ reason: 'rate_limited' })
    expect(caller.language.calls).toHaveLength(1)
  })

  test('makes no further call after a final failure, nor more calls than allowed', async () => {
    const final = aCaller([fails('refused_content', { retryable: false })])
    const passing = aCaller([fails('upstream_error')])

    await expect(final.ask()).rejects.toMatchObject({ reason: 'refused_content' })
    await expect(passing.ask()).rejects.toMatchObject({ reason: 'upstream_error' })

    expect([final.language.calls.length, passing.language.calls.length]).toEqual([1, 3])
  })

  test('cuts a call that hangs early enough to ask once more', async () => {
    const caller = aCaller([hangs, answers('yes')])

    expect(await caller.ask({ inMs: 2_000 })).toMatchObject({ text: 'yes' })
  })

  test.each([
    ['hangs', hangs],
    ['does not even heed its abort', isDeaf],
  ])('says timed_out before the deadline when every call %s', async (_what, step) => {
    const caller = aCaller([step])

    await expect(caller.ask({ inMs: 2_000 })).rejects.toMatchObject({ reason: 'timed_out' })

    expect(caller.language.calls).toHaveLength(2)
  })

  test('ends the signal with the call, so that what a provider’s client left on it is let go', async () => {
    const caller = aCaller([answers('yes')])

    await caller.ask()

    expect(caller.language.calls[0]?.signal.aborted).toBe(true)
  })

  test('lets a model that keeps writing go on', async () => {
    const slow: Step = async (call) => {
      for (let piece = 0; piece < 8; piece += 1) {
        await new Promise((resolve) => setTimeout(resolve, 100))
        call.onDelta('x')
      }
      return answers('yes')(call)
    }
    const caller = aCaller([slow], { silenceMs: 400 })

    expect(await caller.ask()).toMatchObject({ text: 'yes' })
    expect(caller.language.calls).toHaveLength(1)
  })

  test.each([
    ['a call', [hangs]],
    ['the wait before the next one', [fails('rate_limited', { retryAfterMs: 600_000 })]],
  ])('ends at once with the signal’s reason during %s', async (_what, steps) => {
    const caller = aCaller(steps)
    const stop = new AbortController()
    const reason = new Error('enough')
    setTimeout(() => stop.abort(reason), 50)

    await expect(caller.ask({ signal: stop.signal, inMs: 1_200_000 })).rejects.toBe(reason)
  })

  test('makes no more calls at a time than the provider is given', async () => {
    let running = 0
    let most = 0
    const busy: Step = async (call) => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setTimeout(resolve, 10))
      running -= 1
      return answers('yes')(call)
    }
    const caller = aCaller([busy], { concurrency: 3 })

    await Promise.all(Array.from({ length: 12 }, () => caller.ask()))

    expect([most, caller.language.calls.length]).toEqual([3, 12])
  })

  test('says timed_out when its turn at the provider does not come in time', async () => {
    const caller = aCaller([isDeaf], { concurrency: 1, silenceMs: 60_000 })
    const first = caller.ask({ inMs: 1_500 })

    await expect(caller.ask({ inMs: 400 })).rejects.toMatchObject({ reason: 'timed_out' })
    await expect(first).rejects.toMatchObject({ reason: 'timed_out' })
  })

  test('refuses a model whose provider is not configured', async () => {
    const caller = aCaller([answers('yes')])

    await expect(caller.ask({ model: { ...caller.model, name: 'other' } })).rejects.toMatchObject({
      reason: 'unconfigured',
      retryable: false,
    })
  })
})

describe('the breaker', () => {
  const down = async (caller: ReturnType<typeof aCaller>) => {
    for (let call = 0; call < 5; call += 1) await caller.ask({ maxAttempts: 1 }).catch(() => {})
  }

  test('opens after outages in a row and then makes no call', async () => {
    const caller = aCaller([fails('refused_connection')], { breakerOpenMs: 60_000 })

    await down(caller)

    await expect(caller.ask()).rejects.toMatchObject({ reason: 'circuit_open' })
    expect(caller.language.calls).toHaveLength(5)
    expect(await caller.metrics()).toContain('ai_breaker_state{provider="openai"} 2')
  })

  test('lets one call try again after a while, and closes when it succeeds', async () => {
    const broken = fails('upstream_error')
    const caller = aCaller([broken, broken, broken, broken, broken, answers('yes')], { breakerOpenMs: 100 })

    await down(caller)
    await new Promise((resolve) => setTimeout(resolve, 120))

    expect(await caller.ask()).toMatchObject({ text: 'yes' })
    expect(caller.lane.breaker()).toBe('closed')
  })

  test('is waited for by a turn that has the time when the provider comes back presently', async () => {
    const broken = fails('upstream_error')
    const caller = aCaller([broken, broken, broken, broken, broken, answers('yes')], { breakerOpenMs: 300 })

    await down(caller)

    expect(await caller.ask()).toMatchObject({ text: 'yes' })
  })

  test('does not count what is no outage: limits of the rate, and answers declined', async () => {
    const caller = aCaller([fails('rate_limited'), fails('refused_content', { retryable: false })])

    for (let call = 0; call < 8; call += 1) await caller.ask({ maxAttempts: 1 }).catch(() => {})

    expect(caller.lane.breaker()).toBe('closed')
  })

  test('leaves the reason of the calls as the reason of the turn', async () => {
    const caller = aCaller([fails('refused_connection')], { breakerFailures: 2, breakerOpenMs: 60_000 })

    await expect(caller.ask()).rejects.toMatchObject({ reason: 'refused_connection' })
    expect(caller.language.calls).toHaveLength(2)
  })
})

test('metrics tell errors by reason, tokens, cost and latency by provider and model', async () => {
  const caller = aCaller([fails('upstream_error'), answers('yes')])

  await caller.ask()

  const metrics = await caller.metrics()
  const labels = 'provider="openai",model="gpt5"'
  expect(metrics).toContain(`ai_api_errors_total{${labels},reason="upstream_error"} 1`)
  expect(metrics).toContain(`ai_api_requests_total{${labels}} 2`)
  expect(metrics).toContain(`ai_tokens_total{${labels},direction="output"} 5`)
  expect(metrics).toContain(`ai_cost_usd_total{${labels}} 0.00008`)
  expect(metrics).toContain(`ai_api_latency_seconds_count{${labels}} 1`)
  expect(caller.record.latency('gpt5').p50).not.toBeNull()
})
