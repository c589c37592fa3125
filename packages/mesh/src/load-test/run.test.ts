import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { startLyingMesh } from '../../test/lying-mesh.ts'
import type { Lie } from '../../test/lying-mesh.ts'
import { openAccounts } from './accounts.ts'
import { createClient } from './client.ts'
import { readMix } from './questions.ts'
import { isGood } from './report.ts'
import { runLoad } from './run.ts'
import { createTally } from './tally.ts'

type Given = { lies: Lie[]; queries: number; daily?: number; deadlineS?: number; stopAtAccepted?: number }

async function run(o: Given) {
  const mesh = await startLyingMesh(o.lies, o.daily)
  onTestFinished(() => mesh.close())
  const client = createClient(mesh.url)
  const tally = createTally()
  const load = {
    queries: o.queries,
    untilMs: Number.POSITIVE_INFINITY,
    concurrency: 3,
    mix: readMix('number'),
    deadlineS: o.deadlineS ?? 120,
    settings: {},
    stuckAfterMs: 100,
    graceMs: 100,
  }
  const accounts = await openAccounts(client, undefined)
  const stop = new AbortController()
  const running = runLoad({ client, accounts, load, tally }, stop.signal)
  while (o.stopAtAccepted !== undefined && tally.counts.accepted < o.stopAtAccepted) await sleep(10)
  if (o.stopAtAccepted !== undefined) stop.abort()
  const early = await running
  return { mesh, early, counts: tally.counts, tally }
}

test('follows everything that is accepted to its end, with its tokens and its cost', async () => {
  const { counts, early } = await run({ lies: ['honest', 'honest', 'fails'], queries: 9 })

  expect(early).toBeUndefined()
  expect(counts).toMatchObject({ accepted: 9, completed: 6, failed: 3, lost: 0, retries: 0, cost_usd: 4.5 })
  expect(counts.tokens).toEqual({ input: 90, output: 18 })
  expect(isGood(counts)).toBe(true)
})

test('tells what was accepted and then forgotten, by its id, and is not content with it', async () => {
  const { counts, tally } = await run({ lies: ['honest', 'forgets'], queries: 4 })

  expect(counts).toMatchObject({ accepted: 4, completed: 2, lost: 2 })
  expect(tally.wanting).toContainEqual({ query_id: 'q1', state: 'lost' })
  expect(isGood(counts)).toBe(false)
})

test('sends a question again under its own key when the answer was lost, so that it is asked once', async () => {
  const { counts, mesh } = await run({ lies: ['drops-answer', 'honest'], queries: 4 })

  expect(counts).toMatchObject({ accepted: 4, replayed: 2, retries: 2, completed: 4 })
  expect(mesh.seen()).toEqual({ keys: 4, submissions: 6 })
})

test('calls stuck what has not ended beyond its deadline', async () => {
  const { counts } = await run({ lies: ['hangs', 'honest'], queries: 2, deadlineS: 0.1 })

  expect(counts).toMatchObject({ accepted: 2, completed: 1, stuck: 1, lost: 0 })
  expect(isGood(counts)).toBe(false)
})

test('opens a broken stream again', async () => {
  const { counts } = await run({ lies: ['breaks-stream'], queries: 3 })

  expect(counts).toMatchObject({ completed: 3, stream_breaks: 3 })
})

test('asks in the name of the next account when one has asked all that its plan allows', async () => {
  const { counts, mesh } = await run({ lies: ['honest'], queries: 10, daily: 4 })

  expect(counts).toMatchObject({ submitted: 10, accepted: 10, refused: 0 })
  expect(mesh.accounts()).toBe(3)
})

test('ends when it is stopped, and does not call lost what is still at work', async () => {
  const { counts, early } = await run({ lies: ['hangs'], queries: 50, stopAtAccepted: 3 })

  expect(early).toBe('stopped')
  expect(counts).toMatchObject({ accepted: 3, unfinished: 3, lost: 0, stuck: 0 })
})
