import { createLogger } from '@concord/service-kit/logging'
import { createMetrics } from '@concord/service-kit/metrics'
import { expect, test } from 'vitest'
import { usageRecorder } from './usage-recorder.ts'
import type { UsageEntry } from './usage.ts'

const anEntry = (id: string): UsageEntry => ({
  id,
  userId: 'usr_1',
  day: '2026-11-21',
  at: new Date(0),
  feature: 'chat_completions',
  provider: 'openai',
  model: 'gpt5',
  inputTokens: 1,
  cachedInputTokens: 0,
  outputTokens: 1,
  costUsd: 0,
  status: 'ok',
  estimated: false,
  sandbox: true,
  latencyMs: 1,
})

function aRecorder(add: (entries: readonly UsageEntry[]) => Promise<void>, changes: object = {}) {
  const metrics = createMetrics('test')
  const logger = createLogger('test', 'silent')
  const recorder = usageRecorder({ store: { add }, logger, metrics, delayMs: 1, ...changes })
  return { recorder, lost: async () => (await metrics.getSingleMetric('ai_usage_lost_total')?.get())?.values[0]?.value }
}

test('entries are kept while the database is away, and none is written twice by a write that succeeded', async () => {
  const stored: string[] = []
  let away = 3
  const { recorder, lost } = aRecorder(async (entries) => {
    away -= 1
    if (away >= 0) throw new Error('away')
    stored.push(...entries.map(({ id }) => id))
  })
  for (const id of ['a', 'b', 'c']) recorder.record(anEntry(id))
  await recorder.close()

  expect(stored).toEqual(['a', 'b', 'c'])
  expect(await lost()).toBe(0)
})

test('what is recorded during a write is written by the next one', async () => {
  const batches: string[][] = []
  const { recorder } = aRecorder(async (entries) => {
    batches.push(entries.map(({ id }) => id))
    if (batches.length === 1) recorder.record(anEntry('late'))
  })
  recorder.record(anEntry('early'))
  await recorder.close()

  expect(batches).toEqual([['early'], ['late']])
})

test('memory is bounded, and what is lost is counted', async () => {
  const { recorder, lost } = aRecorder(() => Promise.reject(new Error('away')), { maxWaiting: 2, closeWithinMs: 20 })
  for (const id of ['a', 'b', 'c']) recorder.record(anEntry(id))
  await recorder.close()

  expect(await lost()).toBe(3)
})
