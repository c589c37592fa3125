import { QueryResults } from '@concord/contracts/queries'
import type { Database, Db } from '@concord/database/database'
import type { Vault } from '@concord/vault/vault'
import { and, avg, count, desc, eq, isNotNull, lt, lte } from '@concord/database/sql'
import { feedback } from '../db/learning-schema.ts'
import { dailyUsage, events, queries, turns } from '../db/schema.ts'
import type { QueryReader, Stats } from '../ports.ts'
import { boundTo, toQueries, toReadTurns } from './query-rows.ts'
import { storedEvents } from './stored-events.ts'

export function postgresReader({ db }: Pick<Database, 'db'>, vault: Vault): QueryReader {
  return {
    find: (id, owner) => find(db, vault, id, owner),
    async readTurns({ id, owner }) {
      const rows = await db.select().from(turns).where(eq(turns.queryId, id)).orderBy(turns.requestedAt, turns.id)
      return toReadTurns(db, vault, owner, rows)
    },
    async list(owner, { limit, before }) {
      const rows = await db
        .select()
        .from(queries)
        .where(and(eq(queries.owner, owner), before === undefined ? undefined : lt(queries.id, before)))
        .orderBy(desc(queries.id))
        .limit(limit)
      return toQueries(db, vault, owner, rows)
    },
    events: (id, after, limit) => storedEvents(db, vault, { id, after, limit }),
    async overdue(now, limit) {
      const rows = await db
        .select({ id: queries.id })
        .from(queries)
        .where(lte(queries.stageDeadlineAt, now))
        .orderBy(queries.stageDeadlineAt)
        .limit(limit)
      return rows.map(({ id }) => id)
    },
    async running() {
      const [row] = await db.select({ running: count() }).from(queries).where(isNotNull(queries.stageDeadlineAt))
      return row?.running ?? 0
    },
    stats: (owner, day) => stats(db, owner, day),
  }
}

async function find(db: Db, vault: Vault, id: string, owner: string): ReturnType<QueryReader['find']> {
  const isFinal = and(eq(events.queryId, queries.id), eq(events.seq, queries.seq), isNotNull(queries.completedAt))
  const [found] = await db
    .select({ row: queries, final: events.sealedData, feedback: { correct: feedback.correct } })
    .from(queries)
    .leftJoin(events, isFinal)
    .leftJoin(feedback, eq(feedback.queryId, queries.id))
    .where(and(eq(queries.id, id), eq(queries.owner, owner)))
  const [query] = found ? await toQueries(db, vault, owner, [found.row]) : []
  if (!found || !query) return undefined
  if (found.final === null) return { query, results: undefined, feedback: null }
  const text = await vault.decrypt(db, { subject: owner, aad: boundTo.event(id, query.seq), sealed: found.final })
  return { query, results: QueryResults.parse(JSON.parse(text)), feedback: found.feedback }
}

async function stats(db: Db, owner: string, day: string): Promise<Stats> {
  const [today] = await db
    .select({ count: dailyUsage.count, tokens: dailyUsage.tokens })
    .from(dailyUsage)
    .where(and(eq(dailyUsage.owner, owner), eq(dailyUsage.day, day)))
  const [all] = await db
    .select({ total: count(), confidence: avg(queries.confidence) })
    .from(queries)
    .where(eq(queries.owner, owner))
  const confidence = all?.confidence ?? null
  return {
    queriesToday: today?.count ?? 0,
    tokensToday: today?.tokens ?? 0,
    totalQueries: all?.total ?? 0,
    averageConfidence: confidence === null ? null : Number(confidence),
  }
}
