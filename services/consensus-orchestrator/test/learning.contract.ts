import { newId } from '@concord/service-kit/ids'
import type { Engine, engines } from '@concord/testing/engines'
import { sql } from '@concord/database/sql'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deleteQuery } from '../src/deliberation/cancel-query.ts'
import { giveFeedback } from '../src/learning/give-feedback.ts'
import { learnNightly } from '../src/learning/learn-nightly.ts'
import type { Deps, InTransaction, Query } from '../src/ports.ts'
import { aMoment } from './builders.ts'
import { dyingEverywhere, openLearning } from './learning-store.ts'
import { migrations } from './start-orchestrator.ts'

const dayMs = 24 * 60 * 60 * 1_000
const unanimous = ['391', '391', '391', '391']
const split = ['391', '391', '391', '401']

/** What learning promises of its storage, whatever it runs on. */
export function describeLearning({ name, open }: (typeof engines)[number]) {
  describe(`learning on the ${name} engine`, () => {
    let engine: Engine
    let learning: ReturnType<typeof openLearning>

    beforeAll(async () => {
      engine = await open({ migrations })
      learning = openLearning(engine)
    })
    beforeEach(() => learning.empty())
    afterAll(async () => {
      await learning.close()
      await engine.close()
    })

    const say = ({ id, owner }: Query, correct: boolean, expected?: string, deps: Deps = learning.deps) =>
      giveFeedback(deps, { id, owner }, expected === undefined ? { correct } : { correct, expected_answer: expected })

    describe('feedback', () => {
      test('said several times at once counts once', async () => {
        const query = await learning.answered(split)

        await Promise.all(Array.from({ length: 6 }, () => say(query, true)))

        expect(await learning.counts('feedback')).toEqual({
          gpt5: [1, 0],
          claude: [1, 0],
          gemini: [1, 0],
          grok: [0, 1],
        })
      })

      test('said anew replaces what was said before', async () => {
        const query = await learning.answered(split)
        await say(query, true)

        const second = await say(query, false, '401')

        expect(second.feedback).toMatchObject({ correct: false, expected_answer: '401' })
        expect(second.feedback.graded.map(({ correct }) => correct)).toEqual([false, false, false, true])
        expect(await learning.counts('feedback')).toEqual({
          gpt5: [0, 1],
          claude: [0, 1],
          gemini: [0, 1],
          grok: [1, 0],
        })
      })

      test('on many queries at once is all in what is believed afterwards', async () => {
        const queries = await Promise.all(
          Array.from({ length: 8 }, (_, index) => learning.answered(unanimous, { confidence: 0.5 + index / 20 })),
        )

        await Promise.all(queries.map((query) => say(query, true)))

        const { reliabilities } = await learning.state()
        expect(await learning.counts('feedback')).toMatchObject({ gpt5: [8, 0], grok: [8, 0] })
        expect(reliabilities.map((row: { shown: { graded_items: number } }) => row.shown.graded_items)).toEqual(
          Array(8).fill(8),
        )
      })

      test('of one owner counts as often in a day as is allowed, also where queries are deleted in between', async () => {
        const owner = newId('usr')
        const deps = { ...learning.deps, settings: { ...learning.deps.settings, feedbackPerDay: 2 } }
        for (let turn = 0; turn < 4; turn++) {
          const query = await learning.answered(unanimous, { owner })
          expect(await say(query, true, undefined, deps)).toMatchObject({ feedback: { correct: true } })
          await deleteQuery(learning.deps, query)
        }
        const other = await learning.answered(unanimous)
        await say(other, true, undefined, deps)

        expect((await learning.counts('feedback'))['gpt5']).toEqual([3, 0])
      })

      test('is nobody else’s to give', async () => {
        const query = await learning.answered(unanimous)

        await expect(say({ ...query, owner: newId('usr') }, true)).rejects.toMatchObject({ code: 'not-found' })
        expect(await learning.counts('feedback')).toEqual({})
      })

      test('leaves with its query; what was learned from it stays, and leads to nobody', async () => {
        const query = await learning.answered(unanimous)
        await say(query, true)
        await learning.deps.inTransaction((tx) =>
          tx.eraseOwner(query.owner, { id: crypto.randomUUID(), handler: 'test' }),
        )

        const state = await learning.state()

        expect(state.feedback).toEqual([])
        expect(state.past_ballots).toEqual([])
        expect((await learning.counts('feedback'))['gpt5']).toEqual([1, 0])
        expect(JSON.stringify(state)).not.toContain(query.id)
        expect(JSON.stringify(state)).not.toContain(query.owner)
      })
    })

    describe('agreement', () => {
      test('is learned from once, however many replicas try, and then only from what is new', async () => {
        for (let turn = 0; turn < 3; turn++) await learning.answered(split)
        await Promise.all([learnNightly(learning.deps), learnNightly(learning.deps), learnNightly(learning.deps)])
        const first = await learning.counts('agreement')
        await learnNightly(learning.deps)
        const again = await learning.counts('agreement')
        await learning.answered(split)
        await learnNightly(learning.deps)
        learning.setNow(new Date(aMoment.getTime() + dayMs))
        await learnNightly(learning.deps)
        const next = await learning.counts('agreement')

        expect((first['gpt5']?.[0] ?? 0) + (first['gpt5']?.[1] ?? 0)).toBeCloseTo(1)
        expect(again).toEqual(first)
        expect((next['gpt5']?.[0] ?? 0) + (next['gpt5']?.[1] ?? 0)).toBeCloseTo(4 / 3)
      })

      test('gives way to feedback on the same query', async () => {
        const query = await learning.answered(split)
        await learnNightly(learning.deps)
        await say(query, false, '401')
        const said = await learning.answered(split)
        await say(said, true)
        learning.setNow(new Date(aMoment.getTime() + dayMs))
        await learnNightly(learning.deps)

        expect(
          Object.values(await learning.counts('agreement')).every(([right, wrong]) => right === 0 && wrong === 0),
        ).toBe(true)
        expect((await learning.counts('feedback'))['grok']).toEqual([1, 1])
      })

      test('keeps of a query who agreed with whom, and no word of it', async () => {
        const query = await learning.answered(split)

        const { past_ballots: kept } = await learning.state()

        expect(kept).toMatchObject([{ query_id: query.id, domain: 'mathematics', options: 50 }])
        expect(
          kept[0].ballots.map((ballot: { answer: number }) => ballot.answer).toSorted((a: number, b: number) => a - b),
        ).toEqual([0, 0, 0, 1])
        expect(JSON.stringify(kept).replaceAll(query.id, '')).not.toContain('391')
      })
    })

    test('a night tells where agreement and anchors disagree, and only there', async () => {
      const key = { model: 'gpt5', providerModel: 'gpt5-1', sandbox: false, confidence: 90, abstained: 0 }
      const graded = { ...key, domain: 'law' as const }
      await learning.deps.inTransaction((tx) =>
        tx.addGrades([
          { ...graded, source: 'anchor', right: 10, wrong: 30 },
          { ...graded, source: 'agreement', right: 18, wrong: 2 },
          { ...graded, model: 'claude', source: 'anchor', right: 36, wrong: 4 },
          { ...graded, model: 'claude', source: 'agreement', right: 18, wrong: 2 },
        ]),
      )

      const night = await learnNightly(learning.deps)

      expect(night?.alarms.map(({ model, scope }) => `${model} ${scope}`).toSorted()).toEqual([
        'gpt5 law',
        'gpt5 overall',
      ])
    })

    describe('a process that dies', () => {
      test('while feedback is graded leaves nothing of it, and it counts once when it is repeated', async () => {
        const query = await learning.answered(split)
        await say(query, false, '401')
        const steps = await dyingEverywhere(learning, (inTransaction) =>
          say(query, true, undefined, { ...learning.deps, inTransaction }),
        )

        expect(steps).toBeGreaterThan(8)
        expect(await learning.counts('feedback')).toEqual({
          gpt5: [1, 0],
          claude: [1, 0],
          gemini: [1, 0],
          grok: [0, 1],
        })
      })

      test('in the night leaves nothing half-learned, and the next one learns it once', async () => {
        for (let turn = 0; turn < 3; turn++) await learning.answered(split)
        const steps = await dyingEverywhere(learning, (inTransaction) =>
          learnNightly({ ...learning.deps, inTransaction }),
        )
        const { gpt5 = [0, 0] } = await learning.counts('agreement')

        expect(steps).toBeGreaterThan(8)
        expect((gpt5[0] ?? 0) + (gpt5[1] ?? 0)).toBeCloseTo(1)
      })

      // The embedded engine has one session, and nobody to end it from outside.
      const endings = name === 'real' ? ['the loss of its connection'] : []
      test.each(endings)('by %s leaves no more than one that was never started', async () => {
        for (let turn = 0; turn < 3; turn++) await learning.answered(split)
        const before = await learning.state()
        const killed: InTransaction = (work) =>
          learning.deps.inTransaction(async (tx) =>
            work({
              ...tx,
              async saveReliabilities(rows) {
                await tx.saveReliabilities(rows)
                await learning.database.db.execute(sql`
                select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and state = 'idle in transaction'`)
              },
            }),
          )

        await expect(learnNightly({ ...learning.deps, inTransaction: killed })).rejects.toThrow(
          /failed|terminat|connection/i,
        )
        expect(await learning.state()).toEqual(before)
        await learnNightly(learning.deps)
        const { gpt5 = [0, 0] } = await learning.counts('agreement')
        expect((gpt5[0] ?? 0) + (gpt5[1] ?? 0)).toBeCloseTo(1)
      })
    })
  })
}
