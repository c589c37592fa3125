import { nobody } from '@concord/contracts/ids'
import type { Engine, engines } from '@concord/testing/engines'
import { sql } from '@concord/database/sql'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { askAnchors } from '../src/anchors/ask-anchors.ts'
import type { AnchorSettings } from '../src/anchors/ports.ts'
import { anchorWasAnswered } from '../src/anchors/take-answer.ts'
import type { Deps } from '../src/ports.ts'
import { aMoment } from './builders.ts'
import { dyingEverywhere, openLearning } from './learning-store.ts'
import { openingOutput } from './outputs.ts'
import { migrations } from './start-orchestrator.ts'

const dayMs = 24 * 60 * 60 * 1_000

type Out = { id: string; turnId: string; model: string }

/** What asking anchors promises, whatever it runs on. */
export function describeAnchorTurns({ name, open }: (typeof engines)[number]) {
  describe(`anchors on the ${name} engine`, () => {
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

    test('are asked of each model once at a time, however many replicas ask', async () => {
      const asked = await Promise.all(Array.from({ length: 4 }, () => askAnchors(learning.deps)))

      expect(asked.reduce((sum, one) => sum + one, 0)).toBe(4)
      expect(new Set((await turnsOut()).map(({ model }) => model)).size).toBe(4)
      expect(await askAnchors(learning.deps)).toBe(0)
    })

    test('are no queries, and leave as ordinary openings that no user asked for', async () => {
      await askAnchors(learning.deps)

      const { rows } = await learning.database.db.execute(
        sql`select body from consensus.outbox where body like '%anc_%' and type = 'turn.requested.v1'`,
      )
      expect(rows.length).toBeGreaterThanOrEqual(4)
      expect(await learning.deps.reader.running()).toBe(0)
      expect(JSON.stringify(rows)).not.toContain('plus 391')
    })

    test('are asked as often in a day as is set, of a model never twice, and the next day again', async () => {
      const perDay = withAnchors({ perDay: 2 })
      for (let turn = 0; turn < 4; turn++) {
        await askAnchors(perDay)
        for (const out of await turnsOut()) await answer(out, '391')
      }
      const { anchor_turns: first } = await learning.state()
      learning.setNow(new Date(aMoment.getTime() + dayMs))
      expect(await askAnchors(perDay)).toBe(4)
      const { anchor_turns: all } = await learning.state()

      expect(first.length).toBe(8)
      const pairs = all.map((turn: { model: string; anchor_id: string }) => `${turn.model} ${turn.anchor_id}`)
      expect(new Set(pairs).size).toBe(12)
    })

    test('cost no more in a day than is set, counting what is still out with the most it can cost', async () => {
      const bound = withAnchors({ usdPerDay: 0.1 })

      expect(await askAnchors(bound)).toBe(2)
      const [first, second] = await turnsOut()
      if (first && second) {
        await answer(first, '391', learning.deps, undefined, 0.001)
        await answer(second, '391', learning.deps, undefined, 0.099)
      }
      expect(await askAnchors(bound)).toBe(0)
    })

    test('are given up after their deadline, and an answer that comes even later counts once', async () => {
      await askAnchors(learning.deps)
      const [turn] = await turnsOut()
      if (turn === undefined) throw new Error('nobody was asked')
      learning.setNow(new Date(aMoment.getTime() + 200_000))
      await askAnchors(learning.deps)
      const stillOut = (await turnsOut()).map(({ id }) => id)
      await answer(turn, '391')
      await answer(turn, '391')

      expect(stillOut).not.toContain(turn.id)
      expect(
        Object.values(await learning.counts('anchor'))
          .flat()
          .reduce((sum, count) => sum + count, 0),
      ).toBe(1)
    })

    test('are not asked of emulated models unless that is wished for', async () => {
      const panel = async () => (await learning.deps.panel()).map((model) => ({ ...model, state: 'sandbox' as const }))

      expect(await askAnchors({ ...learning.deps, panel })).toBe(0)
      expect(await askAnchors({ ...withAnchors({ sandbox: true }), panel })).toBe(4)
    })

    test('while anchors are asked or graded leaves none half-asked, and grades none twice', async () => {
      await dyingEverywhere(learning, (inTransaction) => askAnchors({ ...learning.deps, inTransaction }))
      const asked = await turnsOut()
      const [turn] = asked
      if (turn === undefined) throw new Error('nobody was asked')
      const message = { id: crypto.randomUUID(), handler: 'test' }
      const steps = await dyingEverywhere(learning, (inTransaction) =>
        answer(turn, '391', { ...learning.deps, inTransaction }, message),
      )
      await answer(turn, '391', learning.deps, message)
      await answer(turn, '391', learning.deps)

      expect(asked.length).toBe(4)
      expect(steps).toBeGreaterThan(5)
      const counted = Object.values(await learning.counts('anchor'))
      expect(counted.flat().reduce((sum, count) => sum + count, 0)).toBe(1)
    })

    function withAnchors(anchors: Partial<AnchorSettings>): Deps {
      const { settings } = learning.deps
      return { ...learning.deps, settings: { ...settings, anchors: { ...settings.anchors, ...anchors } } }
    }

    async function turnsOut(): Promise<Out[]> {
      const turns = await learning.deps.inTransaction((tx) => tx.anchorTurnsSince(new Date(0)))
      return turns.filter(({ status }) => status === 'asked')
    }

    function answer(
      { id, turnId, model }: Out,
      final: string,
      deps: Deps = learning.deps,
      message = { id: crypto.randomUUID(), handler: 'test' },
      cost = 0.001,
    ): Promise<void> {
      const event = {
        turn_id: turnId,
        query_id: id,
        user_id: nobody,
        model,
        round: 0,
        purpose: 'opening' as const,
        input_tokens: 1,
        output_tokens: 1,
        cost_usd: cost,
        sealed_output: '',
        provider_model: 'as-configured',
        sandbox: false,
        salvaged: false,
        attempts: 1,
        latency_ms: 1,
      }
      return anchorWasAnswered(deps, message, event, openingOutput({ final }))
    }
  })
}
