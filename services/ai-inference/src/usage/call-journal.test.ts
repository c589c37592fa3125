import { createLogger } from '@concord/service-kit/logging'
import { expect, test, vi } from 'vitest'
import { callJournal } from './call-journal.ts'
import type { UsageEntry } from './usage.ts'

const anEntry = (id: string, outputTokens = 1): UsageEntry => ({
  id,
  userId: 'usr_1',
  day: '2026-11-21',
  at: new Date(0),
  feature: 'chat_completions',
  provider: 'openai',
  model: 'gpt5',
  inputTokens: 1,
  cachedInputTokens: 0,
  outputTokens,
  costUsd: 0,
  status: 'interrupted',
  estimated: true,
  sandbox: true,
  latencyMs: 1,
})

/** A journal whose clock the test moves, and what stands in it. */
function aJournal({ away = 0 }: { away?: number } = {}) {
  vi.useFakeTimers()
  const standing = new Map<string, UsageEntry>()
  let writings = 0
  const keep = async (entries: readonly UsageEntry[]): Promise<void> => {
    writings += 1
    if (writings <= away) throw new Error('away')
    for (const entry of entries) standing.set(entry.id, entry)
  }
  const drop = async (ids: readonly string[]): Promise<void> => {
    for (const id of ids) standing.delete(id)
  }
  const journal = callJournal({ store: { keep, drop }, logger: createLogger('test', 'silent'), everyMs: 100 })
  return { journal, standing, writings: () => writings, after: (ms: number) => vi.advanceTimersByTimeAsync(ms) }
}

test('a call under way stands there with what it has taken so far, until its end is stored', async () => {
  const { journal, standing, after } = aJournal()
  let tokens = 1
  journal.follow('a', () => anEntry('a', tokens))
  await after(250)
  expect(standing.get('a')).toMatchObject({ outputTokens: 1 })
  tokens = 7
  await after(100)
  expect(standing.get('a')).toMatchObject({ outputTokens: 7 })

  journal.ended({ ...anEntry('a', 9), status: 'ok' })
  await after(100)
  expect(standing.get('a')).toMatchObject({ outputTokens: 9, status: 'ok' })
  journal.stored(['a'])
  await after(100)
  expect(standing.size).toBe(0)
})

test('a call that is over at once is never written', async () => {
  const { journal, writings, after } = aJournal()
  journal.follow('a', () => anEntry('a'))
  journal.ended(anEntry('a'))
  await after(1_000)
  expect(writings()).toBe(0)
})

test('a database that is away loses nothing that stands when it is back', async () => {
  const { journal, standing, after } = aJournal({ away: 3 })
  journal.follow('a', () => anEntry('a'))
  await after(1_000)
  expect([...standing.keys()]).toEqual(['a'])
})

test('a graceful stop leaves nothing behind of calls that are stored', async () => {
  const { journal, standing, after } = aJournal()
  journal.follow('a', () => anEntry('a'))
  await after(250)
  journal.ended(anEntry('a'))
  journal.stored(['a'])
  await journal.close()
  expect(standing.size).toBe(0)
})
