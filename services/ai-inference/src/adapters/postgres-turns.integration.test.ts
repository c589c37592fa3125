import { openDatabase } from '@concord/database/database'
import type { Database } from '@concord/database/database'
import { engines } from '@concord/testing/engines'
import type { Engine } from '@concord/testing/engines'
import { newKeyRing, parseKeyRing } from '@concord/vault/key-ring'
import { createVault } from '@concord/vault/vault'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrations } from '../../test/inference-mesh.ts'
import { subjectKeys, turns } from '../db/schema.ts'
import { handlers } from '../turns/subscriptions.ts'
import { postgresTurns } from './postgres-turns.ts'

describe.each(engines)('stored turns on the $name engine', ({ open }) => {
  let engine: Engine
  let database: Database

  beforeAll(async () => {
    engine = await open({ migrations })
    database = openDatabase({ url: engine.databaseUrl, applicationName: 'test' })
  })
  afterAll(async () => {
    await database?.close()
    await engine?.close()
  })

  test('tell the last latencies of each model that ever answered, oldest first', async () => {
    const vault = createVault({ ring: parseKeyRing(newKeyRing()), keys: subjectKeys })
    const leases = { owner: 'test', leaseMs: 1_000 }
    const store = postgresTurns({ database, vault, leases, handlers, committed: () => {} })
    expect(await store.recentLatencies(2)).toEqual(new Map())

    const row = (model: string, latencyMs: number, state: 'completed' | 'failed' = 'completed') => ({
      id: `trn_${model}${latencyMs}`,
      queryId: 'qry_1',
      userId: 'usr_1',
      model,
      round: 0,
      purpose: 'opening' as const,
      state,
      deadlineAt: new Date(),
      leaseOwner: 'test',
      leaseUntil: new Date(),
      latencyMs: state === 'completed' ? latencyMs : null,
      finishedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, 0, latencyMs)),
    })
    await database.db
      .insert(turns)
      .values([
        row('b', 30),
        row('b', 10),
        row('b', 20),
        row('a', 5),
        row('c', 7),
        row('c', 8, 'failed'),
        row('d', 1, 'failed'),
      ])

    expect(await store.recentLatencies(2)).toEqual(
      new Map([
        ['a', [5]],
        ['c', [7]],
        ['b', [20, 30]],
      ]),
    )
  })
})
