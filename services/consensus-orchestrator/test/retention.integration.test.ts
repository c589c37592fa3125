import { openDatabase } from '@concord/database/database'
import type { Database } from '@concord/database/database'
import { removeDue } from '@concord/service-kit/retention'
import { testDatabase } from '@concord/testing/database'
import type { TestDatabase } from '@concord/testing/database'
import { spawnNode } from '@concord/testing/node-process'
import { sql } from '@concord/database/sql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { retentionOf } from '../src/db/retention.ts'
import { consensusOrchestrator } from '../src/service.ts'

const old = 400
const recent = 7
const perQuery = { turns: 6, events: 12, past_ballots: 1, feedback: 1 }
const child = ['--conditions=@concord/source', 'services/consensus-orchestrator/test/retention-child.ts']

let opened: TestDatabase
let database: Database

beforeAll(async () => {
  const { name: service, migrations } = consensusOrchestrator
  opened = await testDatabase({ migrations: [{ service, folder: migrations?.folder ?? '' }] })
  database = openDatabase({ url: opened.url, applicationName: 'test' })
  await write('old', old, 100)
  await write('recent', recent, 10)
  await write('running', 1, 100)
  await database.db.execute(
    sql`update consensus.queries set status = 'processing', stage_deadline_at = now() where id like 'running%'`,
  )
  await database.db.execute(
    sql`insert into consensus.graded_counts values ('gpt5', 'gpt-5', false, 'science', 'feedback', 80, 12, 3, 0)`,
  )
})

afterAll(async () => {
  await database.close()
  await opened.close()
})

test('killed at any point it has removed whole queries or none of them, and the next run goes on', async () => {
  const seen: number[] = []
  for (let kills = 0; kills < 3; kills += 1) {
    const before = await count('old')
    const replica = spawnNode({ args: child, environment: { DATABASE_URL: opened.url } })
    await expect.poll(() => count('old'), { interval: 1 }).toBeLessThan(before)
    await replica.kill()

    seen.push(await count('old'))
    expect(await incomplete()).toEqual([])
  }
  const [queries] = retentionOf({ QUERY_RETENTION_DAYS: '90' })
  if (queries) await removeDue(database.db, queries)

  expect(seen).toEqual(seen.toSorted((a, b) => b - a))
  expect([await count('old'), await count('recent'), await count('running')]).toEqual([0, recent, 1])
  expect(await incomplete()).toEqual([])
})

test('keeps what was learned from the queries that it removes', async () => {
  const { rows } = await database.db.execute(sql`select model, "right" from consensus.graded_counts`)

  expect(rows).toEqual([{ model: 'gpt5', right: 12 }])
})

test('a period is a setting, and a wrong one is named', () => {
  expect(() => retentionOf({ QUERY_RETENTION_DAYS: '0' })).toThrow(/QUERY_RETENTION_DAYS.*from 1 to 3650/)
})

/** `queries` ended queries asked `daysAgo`, each with all that hangs on it. */
async function write(name: string, queries: number, daysAgo: number): Promise<void> {
  const ids = sql`(select ${name}::text || n as id from generate_series(1, ${queries}::int) n) named`
  const at = sql`now() - ${daysAgo}::int * interval '1 day'`
  const { db } = database
  await db.execute(sql`
    insert into consensus.queries (id, owner, day, sealed_question, settings, panel, status, stage, waiting, created_at, deadline_at, stage_started_at, completed_at)
    select id, 'usr_1', ${at}, '', '{}', '[]', 'completed', 'done', '[]', ${at}, ${at}, ${at}, ${at} from ${ids}`)
  await db.execute(sql`
    insert into consensus.turns (id, query_id, round, model, purpose, status, requested_at)
    select id || '-' || t, id, t, 'gpt5', 'opening', 'completed', ${at} from ${ids}, generate_series(1, ${perQuery.turns}::int) t`)
  await db.execute(sql`
    insert into consensus.events (query_id, seq, type, at, sealed_data)
    select id, seq, 'stage_started', ${at}, '' from ${ids}, generate_series(1, ${perQuery.events}::int) seq`)
  await db.execute(
    sql`insert into consensus.past_ballots (query_id, domain, options, ballots) select id, 'science', 2, '[]' from ${ids}`,
  )
  await db.execute(sql`
    insert into consensus.feedback (query_id, correct, counted, domain, grades, given_at) select id, true, true, 'science', '[]', ${at} from ${ids}`)
}

async function count(name: string): Promise<number> {
  const { rows } = await database.db.execute<{ left: number }>(
    sql`select count(*)::int as left from consensus.queries where id like ${`${name}%`}`,
  )
  return rows[0]?.left ?? 0
}

/** Queries of which a part is missing. */
async function incomplete(): Promise<unknown[]> {
  const has = (table: string) =>
    sql`(select count(*) from consensus.${sql.identifier(table)} part where part.query_id = query.id)`
  const whole = Object.entries(perQuery).map(([table, rows]) => sql`${has(table)} = ${rows}::int`)
  const { rows } = await database.db.execute(
    sql`select id from consensus.queries query where not (${sql.join(whole, sql` and `)})`,
  )
  return rows
}
