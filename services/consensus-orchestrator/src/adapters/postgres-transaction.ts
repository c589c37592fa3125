import type { DurableEvent } from '@concord/contracts/live-events'
import type { Stage } from '@concord/contracts/queries'
import type { Database, Db } from '@concord/database/database'
import { answerOnce } from '@concord/service-kit/idempotency'
import type { Vault } from '@concord/vault/vault'
import { and, eq, exists, getTableColumns, lte, sql } from '@concord/database/sql'
import { dailyUsage, idempotencyKeys, inbox, queries, turns } from '../db/schema.ts'
import type { InTransaction, Transaction } from '../ports.ts'
import { anchorTransaction } from './anchor-transaction.ts'
import { eraseOwner } from './erase-owner.ts'
import { learningTransaction } from './learning-transaction.ts'
import { insertQuery, saveChanges } from './save-changes.ts'
import { toQueries, toReadTurns, toTurn } from './query-rows.ts'

/** What a transaction left for others to see or count. */
export type Committed = {
  events: DurableEvent[]
  stages: { stage: Stage; seconds: number }[]
  /** Messages wait in the outbox. */
  announced: boolean
}

type Options = { database: Pick<Database, 'db'>; vault: Vault; committed: (what: Committed) => void }

export function postgresTransaction({ database, vault, committed }: Options): InTransaction {
  return async (work) => {
    const saved: Committed = { events: [], stages: [], announced: false }
    const result = await database.db.transaction((tx) => work(transaction(tx, vault, saved)))
    committed(saved)
    return result
  }
}

function transaction(tx: Db, vault: Vault, saved: Committed): Transaction {
  return {
    countQuery: (owner, day, limit) => countQuery(tx, owner, day, limit),
    async insertQuery(query, started) {
      saved.events.push(...(await insertQuery(tx, vault, query, started)))
      saved.announced = true
    },
    ...locks(tx, vault),
    ...learningTransaction(tx),
    ...anchorTransaction(tx, vault, () => {
      saved.announced = true
    }),
    async turns(queryId) {
      const { sealedResult: _sealed, ...light } = getTableColumns(turns)
      const rows = await tx
        .select(light)
        .from(turns)
        .where(eq(turns.queryId, queryId))
        .orderBy(turns.requestedAt, turns.id)
      return rows.map((row) => toTurn({ ...row, sealedResult: null }))
    },
    async readTurns({ id, owner }) {
      const rows = await tx.select().from(turns).where(eq(turns.queryId, id)).orderBy(turns.requestedAt, turns.id)
      return toReadTurns(tx, vault, owner, rows)
    },
    async save(query, changes, now) {
      const { events, announced } = await saveChanges(tx, vault, query, changes, now)
      saved.events.push(...events)
      saved.announced ||= announced
      if (changes.query.stageStartedAt)
        saved.stages.push({ stage: query.stage, seconds: (now.getTime() - query.stageStartedAt.getTime()) / 1_000 })
    },
    async deleteQuery(id) {
      await tx.delete(queries).where(eq(queries.id, id))
    },
    async eraseOwner(owner, message) {
      await eraseOwner(tx, vault, owner, message)
      saved.announced = true
    },
    answerOnce: (request, effect) => answerOnce(tx, idempotencyKeys, request, effect),
  }
}

function locks(tx: Db, vault: Vault): Pick<Transaction, 'lockQuery' | 'lockOverdue'> {
  const one = async (rows: (typeof queries.$inferSelect)[]) => {
    const [row] = rows
    return row && (await toQueries(tx, vault, row.owner, [row]))[0]
  }
  return {
    async lockQuery(id, message) {
      if (!message) return one(await tx.select().from(queries).where(eq(queries.id, id)).for('update'))
      const claimed = tx
        .$with('claimed')
        .as(
          tx
            .insert(inbox)
            .values({ handler: message.handler, message_id: message.id })
            .onConflictDoNothing()
            .returning({ claimedId: inbox.message_id }),
        )
      const rows = await tx
        .with(claimed)
        .select()
        .from(queries)
        .where(and(eq(queries.id, id), exists(tx.select().from(claimed))))
        .for('update')
      return one(rows)
    },
    async lockOverdue(id, now) {
      const overdue = and(eq(queries.id, id), lte(queries.stageDeadlineAt, now))
      return one(await tx.select().from(queries).where(overdue).for('update', { skipLocked: true }))
    },
  }
}

/** One statement, so that no two requests can both take the last place of the day. */
async function countQuery(tx: Db, owner: string, day: string, limit: number | null): Promise<number | undefined> {
  const [row] = await tx
    .insert(dailyUsage)
    .values({ owner, day, count: 1 })
    .onConflictDoUpdate({
      target: [dailyUsage.owner, dailyUsage.day],
      set: { count: sql`${dailyUsage.count} + 1` },
      ...(limit === null ? {} : { setWhere: sql`${dailyUsage.count} < ${limit}` }),
    })
    .returning({ count: dailyUsage.count })
  return row?.count
}
