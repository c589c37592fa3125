import { startRelay } from '@concord/messaging/outbox'
import { newId } from '@concord/service-kit/ids'
import type { Engine, engines } from '@concord/testing/engines'
import { createVault } from '@concord/vault/vault'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { postgresTransaction } from '../src/adapters/postgres-transaction.ts'
import { askAnchors } from '../src/anchors/ask-anchors.ts'
import { anchorNumber } from '../src/anchors/choose-anchor.ts'
import { loadAnchors } from '../src/anchors/anchor-questions.ts'
import type { Anchor } from '../src/anchors/ports.ts'
import { outbox, subjectKeys } from '../src/db/schema.ts'
import { fitSettings } from '../src/learning/fit-settings.ts'
import { learnNightly } from '../src/learning/learn-nightly.ts'
import { startNeighbours } from './neighbours.ts'
import type { Neighbours } from './neighbours.ts'
import { debateOutput, openingOutput, synthesisOutput } from './outputs.ts'
import type { Reply, Script, Turn } from './scripted-models.ts'
import { aUser, eventually, migrations, startCouncil } from './start-orchestrator.ts'

const closed = { query: 'What is 17 times 23?', answer_type: 'number', debate_rounds: 0 }
const dayMs = 24 * 60 * 60 * 1_000
const anchors = loadAnchors()

/** What learning promises to those who use the service, whatever it runs on. */
export function describeLearningFlows({ name, open }: (typeof engines)[number]) {
  describe(`learning through the ${name} adapters`, () => {
    let engine: Engine
    let neighbours: Neighbours
    const opened: { close(): Promise<void> }[] = []

    beforeAll(async () => {
      neighbours = await startNeighbours()
      engine = await open({ migrations })
    })
    afterEach(async () => {
      for (const council of opened.splice(0).toReversed()) await council.close()
    })
    afterAll(async () => {
      await engine.close()
      await neighbours.close()
    })

    async function council(script: Script) {
      const started = await startCouncil(engine, neighbours, script)
      opened.push(started)
      return { ...started, user: await aUser(neighbours, started) }
    }

    test('feedback is the owner’s to give once the query has ended, and is seen on the panel at once', async () => {
      const { user, server } = await council((turn) => (turn.model === 'grok' ? say('401')(turn) : say('391')(turn)))
      const queryId = await user.submit(closed)
      await user.ended(queryId)
      const other = await aUser(neighbours, { server })

      const refused = await other.send('POST', `/queries/${queryId}/feedback`, { correct: true })
      const given = await user.send('POST', `/queries/${queryId}/feedback`, { correct: true })
      const panel = (await user.send('GET', '/panel')).json()

      expect(refused.statusCode).toBe(404)
      expect(given.statusCode).toBe(200)
      expect(given.json()).toEqual({
        query_id: queryId,
        correct: true,
        expected_answer: null,
        graded: [
          { model: 'gpt5', correct: true },
          { model: 'claude', correct: true },
          { model: 'gemini', correct: true },
          { model: 'grok', correct: false },
        ],
      })
      expect(panel.data[0].reliability).toMatchObject([
        { domain: 'overall', mean: 0.7143, graded_items: 1, calibration: [{ stated: 0.9, correct: 1, items: 1 }] },
        { domain: 'mathematics', graded_items: 1 },
      ])
      expect(panel.data[3].reliability[0]).toMatchObject({ mean: 0.5714, calibration: [{ stated: 0.9, correct: 0 }] })
    })

    test('feedback with a key is given once: a repeat is told the same and grades nobody again, another body is a conflict', async () => {
      const { user } = await council(say('391'))
      const queryId = await user.submit(closed)
      await user.ended(queryId)
      const give = (body: object) =>
        user.send('POST', `/queries/${queryId}/feedback`, body, { 'idempotency-key': `of-${queryId}` })
      const body = { correct: false, expected_answer: '401' }

      const first = await give(body)
      await user.send('POST', `/queries/${queryId}/feedback`, { correct: true })
      const again = await give(body)

      expect([first.statusCode, again.statusCode]).toEqual([200, 200])
      expect([first.headers['idempotent-replayed'], again.headers['idempotent-replayed']]).toEqual([undefined, 'true'])
      expect(again.json()).toEqual(first.json())
      expect((await user.send('GET', `/queries/${queryId}`)).json()).toMatchObject({ feedback: { correct: true } })
      expect((await give({ correct: true })).statusCode).toBe(409)
    })

    test('what was last said of an answer is shown with the query', async () => {
      const { user } = await council(say('391'))
      const queryId = await user.submit(closed)
      await user.ended(queryId)
      const shown = async () => (await user.send('GET', `/queries/${queryId}`)).json().feedback

      const before = await shown()
      await user.send('POST', `/queries/${queryId}/feedback`, { correct: true })
      await user.send('POST', `/queries/${queryId}/feedback`, { correct: false, expected_answer: '392' })

      expect([before, await shown()]).toEqual([null, { correct: false }])
    })

    test('feedback on a query that runs, or was cancelled, is a conflict', async () => {
      const { user } = await council((turn) => (turn.model === 'gpt5' ? 'silence' : say('391')(turn)))
      const queryId = await user.submit(closed)

      const running = await user.send('POST', `/queries/${queryId}/feedback`, { correct: true })
      await user.send('POST', `/queries/${queryId}/cancel`)
      const cancelled = await user.send('POST', `/queries/${queryId}/feedback`, { correct: true })

      expect([running.statusCode, cancelled.statusCode]).toEqual([409, 409])
    })

    test.each<[string, object, number, string]>([
      ['nothing', {}, 400, '#/correct'],
      ['a word for a yes', { correct: 'yes' }, 400, '#/correct'],
      ['null', { correct: false, expected_answer: null }, 400, '#/expected_answer'],
      ['blank', { correct: false, expected_answer: ' ' }, 400, '#/expected_answer'],
      ['too much', { correct: false, expected_answer: 'x'.repeat(2_001) }, 400, '#/expected_answer'],
      ['a field too many', { correct: true, why: 'because' }, 400, '#/why'],
      ['that the answer is not the answer', { correct: false, expected_answer: '391' }, 422, '#/expected_answer'],
    ])('feedback that says %s is refused by the name of the field', async (_, body, status, pointer) => {
      const { user } = await council(say('391'))
      const queryId = await user.submit(closed)
      await user.ended(queryId)

      const answer = await user.send('POST', `/queries/${queryId}/feedback`, body)

      expect(answer.statusCode).toBe(status)
      expect(answer.json().errors).toMatchObject([{ pointer }])
    })

    test('a majority that is often wrong together is overruled once anchors have shown it', async () => {
      const first = await council(sometimesRight)
      const before = await first.user.ended(await first.user.submit(closed))
      await learnFromAnchors(first, neighbours, 36)
      for (const started of opened.splice(0)) await started.close()

      const next = await council(sometimesRight)
      const user = await aUser(neighbours, next, { id: first.user.id })
      const after = await user.ended(await user.submit(closed))
      const [strong, weak] = (await user.send('GET', '/panel')).json().data

      expect(before).toMatchObject({ consensus: { answer: '401', overrules_majority: false } })
      expect(after).toMatchObject({ consensus: { answer: '391', overrules_majority: true } })
      expect(strong.reliability[0].mean).toBeGreaterThan(0.8)
      expect(weak.reliability[0].mean).toBeLessThan(0.5)
      expect(strong.reliability[0].graded_items).toBeGreaterThanOrEqual(36)
      expect((await user.send('GET', '/queries')).json().data.length).toBe(2)
      expect((await user.send('GET', '/user/stats')).json()).toMatchObject({ total_queries: 2 })
    })
  })
}

/** Has the scripted models asked anchors, as often as said, and then lets a fortnight of nights go by. */
async function learnFromAnchors(
  { platform }: Awaited<ReturnType<typeof startCouncil>>,
  neighbours: Neighbours,
  rounds: number,
): Promise<void> {
  const { database, bus, ring, logger } = platform
  const relay = startRelay({ database, outbox, bus, logger })
  const vault = createVault({ ring, keys: subjectKeys })
  let now = new Date()
  const deps = {
    anchors,
    inTransaction: postgresTransaction({ database, vault, committed: ({ announced }) => announced && relay.nudge() }),
    panel: async () => neighbours.models ?? [],
    now: () => now,
    newId,
    newToken: () => 'f00dfeedf00dfeed',
    learned: { current: () => Promise.reject(new Error('nobody asks')), forget: () => undefined },
    measures: { ended() {}, stage() {}, dailyLimitRefused() {}, graded() {}, anchorEnded() {} },
    settings: {
      publicUrl: 'http://concord.test',
      turnDeadlineMs: 40_000,
      feedbackPerDay: 20,
      anchors: { perDay: 200, usdPerDay: 1_000, sandbox: true },
    },
  }
  for (let round = 0; round < rounds; round++) {
    await askAnchors(deps)
    await eventually(async () => {
      const turns = await deps.inTransaction((tx) => tx.anchorTurnsSince(new Date(0)))
      return turns.every(({ status }) => status === 'graded') ? true : undefined
    })
  }
  for (let night = 1; night <= 14; night++) {
    now = new Date(Date.now() + night * dayMs)
    await learnNightly(deps)
  }
  await fitSettings(deps)
  await relay.close()
}

function say(final: string): Script {
  return ({ purpose, prompt }) => {
    if (purpose === 'opening') return { output: openingOutput({ final }) }
    return { output: purpose === 'synthesis' ? synthesisOutput(prompt) : debateOutput({ final }) }
  }
}

/** gpt5 is right nineteen times in twenty; the others once in four, and else wrong in one way. */
function sometimesRight(turn: Turn): Reply | Promise<Reply> {
  const isStrong = turn.model === 'gpt5'
  const anchor = anchors.find(({ question }) => turn.prompt.user.includes(question))
  if (turn.purpose !== 'opening' || anchor === undefined) return say(isStrong ? '391' : '401')(turn)
  const number = anchorNumber(anchor.id)
  const isRight = isStrong ? number % 20 !== 0 : number % 4 === 0
  return {
    output: openingOutput({ answer_type: anchor.answer_type, final: isRight ? anchor.answer : wrongAnswer(anchor) }),
  }
}

function wrongAnswer({ answer_type: answerType, choices, answer }: Anchor): string {
  if (answerType === 'number') return '987654'
  if (choices !== null) return choices.toSorted().find((choice) => choice !== answer) ?? ''
  return /^(yes|true)/i.test(answer) ? 'no' : 'yes'
}
