import { openDatabase } from '@concord/database/database'
import type { Database } from '@concord/database/database'
import { newId } from '@concord/service-kit/ids'
import { engines } from '@concord/testing/engines'
import type { Engine } from '@concord/testing/engines'
import { newKeyRing, parseKeyRing } from '@concord/vault/key-ring'
import { createVault } from '@concord/vault/vault'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresReader } from '../src/adapters/postgres-reader.ts'
import { postgresTransaction } from '../src/adapters/postgres-transaction.ts'
import { subjectKeys } from '../src/db/schema.ts'
import { begin } from '../src/deliberation/begin.ts'
import { sweepOverdue } from '../src/deliberation/sweep.ts'
import type { InTransaction, Query, QueryReader } from '../src/ports.ts'
import { aMoment, aQuery, someSettings } from './builders.ts'
import { migrations } from './start-orchestrator.ts'

const s = 1_000

describe('a time in which no process was there', () => {
  let engine: Engine
  let database: Database
  let inTransaction: InTransaction
  let reader: QueryReader

  beforeAll(async () => {
    engine = await engines[0].open({ migrations })
    database = openDatabase({ url: engine.databaseUrl, applicationName: 'test' })
    const vault = createVault({ ring: parseKeyRing(newKeyRing()), keys: subjectKeys })
    inTransaction = postgresTransaction({ database, vault, committed: () => {} })
    reader = postgresReader(database, vault)
  })
  afterAll(async () => {
    await database.close()
    await engine.close()
  })

  /** A query whose openings have just been asked for, and sweeps at any second after that. */
  async function asked({ deadlineS = 120 } = {}) {
    const deadlineAt = new Date(aMoment.getTime() + deadlineS * s)
    const query = aQuery({
      id: newId('qry'),
      owner: newId('usr'),
      seq: 0,
      deadlineAt,
      stageDeadlineAt: deadlineAt,
      settings: someSettings({ deadline_s: deadlineS }),
    })
    const after = (seconds: number) => new Date(aMoment.getTime() + seconds * s)
    const tools = { newId, newToken: () => 'f00dfeedf00dfeed', settings: deadlines }
    await inTransaction((tx) => tx.insertQuery(query, started(query)))
    await begin({ ...tools, inTransaction, now: () => aMoment }, { id: crypto.randomUUID(), handler: 'test' }, query.id)
    const look = async () => {
      const found = await reader.find(query.id, query.owner)
      const deadline = found?.query.stageDeadlineAt
      return {
        status: found?.query.status,
        waiting: found?.query.waiting.length,
        stageEndsAfterS: deadline ? (deadline.getTime() - aMoment.getTime()) / s : undefined,
      }
    }
    /** `last` is when somebody last swept, in seconds; undefined where nobody knows. */
    const sweep = async (seconds: number, last: number | undefined) => {
      const lastSweep = {
        at: async () => (last === undefined ? undefined : after(last)),
        note: async () => {},
      }
      await sweepOverdue({ ...tools, inTransaction, reader, lastSweep, now: () => after(seconds) })
      return look()
    }
    return { sweep, look }
  }

  test('loses no turn that was out, and is given back to its stage', async () => {
    const { sweep, look } = await asked()

    expect(await look()).toMatchObject({ waiting: 4, stageEndsAfterS: 40 })
    expect(await sweep(50, 5)).toMatchObject({ status: 'processing', waiting: 4, stageEndsAfterS: 85 })
    expect(await sweep(84, 83.5)).toMatchObject({ status: 'processing', waiting: 4, stageEndsAfterS: 85 })
    expect(await sweep(86, 85.5)).toMatchObject({ status: 'failed' })
  })

  test('also where nobody knows how long it was', async () => {
    const { sweep } = await asked()

    expect(await sweep(60, undefined)).toMatchObject({ status: 'processing', waiting: 4, stageEndsAfterS: 96 })
  })

  test('shorter than the stage leaves it as long as it would have had', async () => {
    const { sweep } = await asked()

    expect(await sweep(38, 8)).toMatchObject({ waiting: 4, stageEndsAfterS: 70 })
  })

  test('does not count before the stage began, and is given back once however many replicas start', async () => {
    const { sweep } = await asked()

    await sweep(50, -3_600)
    await sweep(50, -3_600)
    expect(await sweep(50, -3_600)).toMatchObject({ waiting: 4, stageEndsAfterS: 90 })
  })

  test('beyond the query’s own deadline ends the query', async () => {
    const { sweep } = await asked({ deadlineS: 30 })

    expect(await sweep(31, 1)).toMatchObject({ status: 'failed' })
  })

  test('is none while somebody sweeps: a model that hangs holds up its stage no longer than it may', async () => {
    const { sweep } = await asked()

    expect(await sweep(39.8, 39.3)).toMatchObject({ status: 'processing' })
    expect(await sweep(40.3, 39.8)).toMatchObject({ status: 'failed' })
  })
})

const deadlines = { turnDeadlineMs: 40 * s }

function started({ question, settings, deadlineAt }: Query) {
  const { debate_rounds, consensus_threshold } = settings
  const data = { question, models: ['gpt5'], debate_rounds, consensus_threshold, deadline_at: deadlineAt.toISOString() }
  return { type: 'query_started', data } as const
}
