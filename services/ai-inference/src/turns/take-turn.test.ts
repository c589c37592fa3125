import { expect, test } from 'vitest'
import { aPrompt, aTurnRequest } from '../../test/builders.ts'
import type { Question } from '../calls/call-model.ts'
import { loadCatalogue } from '../models/catalogue.ts'
import type { TurnResult, TurnStore } from '../ports.ts'
import { runningTurns } from './running-turns.ts'
import { takeTurn } from './take-turn.ts'

const now = new Date('2026-03-01T10:00:00Z')
const s = 1_000

/** Takes a turn up at `now` and gives what the model was asked, and what became of it. */
async function taken(changes: { deadlineS: number; timeLimitS?: number }) {
  const asked: Question[] = []
  const results: TurnResult[] = []
  const event = aTurnRequest(({ text }) => text, {
    purpose: 'synthesis',
    prompt: aPrompt('synthesis'),
    deadline_at: new Date(now.getTime() + changes.deadlineS * s).toISOString(),
    ...(changes.timeLimitS === undefined ? {} : { time_limit_ms: changes.timeLimitS * s }),
  })
  const unused = () => Promise.reject(new Error('not asked for here'))
  const turns: TurnStore = {
    start: async () => ({ kind: 'started', claim: 1 }),
    finish: async (_event, result) => {
      results.push(result)
    },
    renew: unused,
    release: unused,
    cancel: unused,
    eraseUser: unused,
    recentLatencies: unused,
  }
  await takeTurn(
    {
      turns,
      running: runningTurns(),
      catalogue: loadCatalogue(),
      isSandbox: () => true,
      callModel: async (question) => {
        asked.push(question)
        const usage = { inputTokens: 1, outputTokens: 1 }
        return { text: 'Written. [c1]', usage, providerModel: 'x', finish: 'complete' }
      },
      embedClaims: () => Promise.reject(new Error('not an opening')),
      openPrompt: (_id, sealed) => sealed,
      publishLive: () => {},
      maxAttempts: 3,
      onResult: () => {},
      now: () => now,
    },
    event,
    new AbortController().signal,
  )
  return { endsAfterS: ((asked[0]?.deadlineAt ?? 0) - now.getTime()) / s, result: results[0] }
}

test('a turn has its own time from when it is taken up, however long it waited, and never beyond its deadline', async () => {
  expect(await taken({ deadlineS: 120, timeLimitS: 40 })).toMatchObject({ endsAfterS: 40, result: { ok: true } })
  expect(await taken({ deadlineS: 10, timeLimitS: 40 })).toMatchObject({ endsAfterS: 10 })
  expect(await taken({ deadlineS: 30 })).toMatchObject({ endsAfterS: 30 })
})
