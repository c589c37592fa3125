import { openDatabase } from '@concord/database/database'
import type { Database } from '@concord/database/database'
import { newId } from '@concord/service-kit/ids'
import type { Engine, engines } from '@concord/testing/engines'
import { newKeyRing, parseKeyRing } from '@concord/vault/key-ring'
import { createVault } from '@concord/vault/vault'
import { VaultError } from '@concord/vault/vault-error'
import { sql } from '@concord/database/sql'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { postgresReader } from '../src/adapters/postgres-reader.ts'
import { postgresTransaction } from '../src/adapters/postgres-transaction.ts'
import type { Committed } from '../src/adapters/postgres-transaction.ts'
import { subjectKeys } from '../src/db/schema.ts'
import { startDraft } from '../src/deliberation/draft.ts'
import { fail } from '../src/deliberation/end.ts'
import { moveOn } from '../src/deliberation/move-on.ts'
import type { InTransaction, Query, QueryReader } from '../src/ports.ts'
import { aMoment, aQuery } from './builders.ts'
import { migrations } from './start-orchestrator.ts'

const tools = { newId, newToken: () => 'f00dfeedf00dfeed', settings: { turnDeadlineMs: 40_000 } }

/** What every InTransaction and QueryReader promise together. */
export function describeStore({ name, open }: (typeof engines)[number]) {
  describe(`the store on the ${name} engine`, () => {
    let engine: Engine
    let database: Database
    let inTransaction: InTransaction
    let reader: QueryReader
    let committed: Committed[]

    beforeAll(async () => {
      engine = await open({ migrations })
      database = openDatabase({ url: engine.databaseUrl, applicationName: 'test' })
      const vault = createVault({ ring: parseKeyRing(newKeyRing()), keys: subjectKeys })
      inTransaction = postgresTransaction({ database, vault, committed: (what) => committed.push(what) })
      reader = postgresReader(database, vault)
    })
    beforeEach(() => {
      committed = []
    })
    afterAll(async () => {
      await database.close()
      await engine.close()
    })

    async function stored(overrides: Partial<Query> = {}): Promise<Query> {
      const query = aQuery({ id: newId('qry'), owner: newId('usr'), seq: 0, ...overrides })
      await inTransaction(async (tx) => {
        await tx.countQuery(query.owner, query.day, null)
        await tx.insertQuery(query, started(query))
      })
      return query
    }

    test('finds what was stored for its owner, and nothing for anybody else', async () => {
      const query = await stored()

      const found = await reader.find(query.id, query.owner)

      expect(found).toEqual({ query: { ...query, seq: 1 }, results: undefined, feedback: null })
      expect(await reader.find(query.id, newId('usr'))).toBeUndefined()
    })

    test('tells of events and messages after the commit, and of none after a rollback', async () => {
      const query = aQuery({ id: newId('qry'), owner: newId('usr'), seq: 0 })
      const broken = inTransaction(async (tx) => {
        await tx.insertQuery(query, started(query))
        throw new Error('on purpose')
      })

      await expect(broken).rejects.toThrow('on purpose')
      expect(committed).toEqual([])
      expect(await reader.find(query.id, query.owner)).toBeUndefined()
      await stored()
      expect(committed).toMatchObject([{ announced: true, events: [{ type: 'query_started', seq: 1 }] }])
    })

    test('lets exactly as many as the limit pass, however many count at once', async () => {
      const owner = newId('usr')

      const counts = await Promise.all(
        Array.from({ length: 30 }, () => inTransaction((tx) => tx.countQuery(owner, '2026-03-01', 10))),
      )

      const passed = counts.filter((count) => count !== undefined)
      expect(passed.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    })

    test('claims a message once, and again after a rollback', async () => {
      const { id } = await stored()
      const message = { id: crypto.randomUUID(), handler: 'test' }
      const broken = inTransaction(async (tx) => {
        await tx.lockQuery(id, message)
        throw new Error('on purpose')
      })
      await broken.catch(() => undefined)

      const first = await inTransaction((tx) => tx.lockQuery(id, message))
      const second = await inTransaction((tx) => tx.lockQuery(id, message))
      const plain = await inTransaction((tx) => tx.lockQuery(id))

      expect([first?.id, second, plain?.id]).toEqual([id, undefined, id])
    })

    test('lets the steps of one query follow one another, each seeing the one before', async () => {
      const { id } = await stored()

      await Promise.all(
        Array.from({ length: 12 }, () =>
          inTransaction(async (tx) => {
            const query = await tx.lockQuery(id)
            if (!query) throw new Error('it is there')
            const waiting = [...query.waiting, { id: `trn_${query.seq}`, model: 'gpt5', attempt: 0 }]
            const event = { type: 'round_completed', data: { round: 0, next: 'debate', reason: 'x' } } as const
            await tx.save(query, { query: { waiting }, newTurns: [], events: [event] }, aMoment)
          }),
        ),
      )

      const after = await inTransaction((tx) => tx.lockQuery(id))
      expect(after?.waiting.map((turn) => turn.id)).toEqual(
        Array.from({ length: 12 }, (_, index) => `trn_${index + 1}`),
      )
      const found = await reader.events(id, 0, 100)
      expect(found?.events.map(({ seq }) => seq)).toEqual(Array.from({ length: 13 }, (_, index) => index + 1))
    })

    test('writes a stage whole: its turns, its events and a message for each turn', async () => {
      const query = await stored()
      await inTransaction(async (tx) => {
        const locked = await tx.lockQuery(query.id)
        if (!locked) throw new Error('it is there')
        const draft = startDraft(tools, aMoment, locked, [])
        moveOn(draft)
        await tx.save(locked, draft.changes, aMoment)
      })

      const turns = await reader.readTurns(query)
      const messages = await database.db.execute(
        sql`select type, body from consensus.outbox where body like ${`%${query.id}%`} order by position`,
      )

      expect(turns.map(({ model, status }) => `${model} ${status}`)).toEqual(
        ['gpt5', 'claude', 'gemini', 'grok'].map((model) => `${model} requested`),
      )
      expect(messages.rows.map((row) => row['type'])).toEqual([
        'query.submitted.v1',
        ...Array(4).fill('turn.requested.v1'),
      ])
      expect(JSON.stringify(messages.rows)).not.toContain('17 times 23')
      expect(committed.at(-1)?.stages).toMatchObject([{ stage: 'opening' }])
    })

    test('gives a failed query’s place of the day back, once, and keeps its tokens', async () => {
      const query = await stored({ inputTokens: 30, outputTokens: 12 })
      await inTransaction(async (tx) => {
        const locked = await tx.lockQuery(query.id)
        if (!locked) throw new Error('it is there')
        const draft = startDraft(tools, aMoment, locked, [])
        fail(draft, 'insufficient_quorum', 'nobody answered')
        await tx.save(locked, draft.changes, aMoment)
      })

      const stats = await reader.stats(query.owner, query.day)
      const found = await reader.find(query.id, query.owner)

      expect(stats).toMatchObject({ queriesToday: 0, tokensToday: 42, totalQueries: 1 })
      expect(found?.results).toMatchObject({ status: 'failed', error: { code: 'insufficient_quorum' } })
    })

    test('hands an overdue query to one of those who sweep at once', async () => {
      const { id } = await stored()
      const now = new Date(aMoment.getTime() + 200_000)
      const sweep = () =>
        inTransaction(async (tx) => {
          const locked = await tx.lockOverdue(id, now)
          if (!locked) return 0
          await tx.save(locked, { query: { stageDeadlineAt: null }, newTurns: [], events: [] }, now)
          return 1
        })

      expect(await reader.overdue(now, 50)).toContain(id)
      expect(await reader.overdue(aMoment, 50)).not.toContain(id)
      const taken = await Promise.all([sweep(), sweep(), sweep()])

      expect(taken.reduce((sum: number, one) => sum + one, 0)).toBe(1)
      expect(await reader.overdue(now, 50)).not.toContain(id)
    })

    test('cannot be made to show one query’s question as another’s', async () => {
      const owner = newId('usr')
      const [mine, other] = [await stored({ owner }), await stored({ owner, question: 'Something else?' })]
      await database.db.execute(
        sql`update consensus.queries set sealed_question = (select sealed_question from consensus.queries where id = ${other.id}) where id = ${mine.id}`,
      )

      await expect(reader.find(mine.id, owner)).rejects.toThrow(VaultError)
    })

    test('lists newest first, from before the given id', async () => {
      const owner = newId('usr')
      const ids = [await stored({ owner }), await stored({ owner }), await stored({ owner })].map(({ id }) => id)

      const page = await reader.list(owner, { limit: 2, before: ids[2] })

      expect(page.map(({ id }) => id)).toEqual([ids[1], ids[0]])
    })
  })
}

function started({ question, settings, deadlineAt }: Query) {
  const { debate_rounds, consensus_threshold } = settings
  const data = { question, models: ['gpt5'], debate_rounds, consensus_threshold, deadline_at: deadlineAt.toISOString() }
  return { type: 'query_started', data } as const
}
