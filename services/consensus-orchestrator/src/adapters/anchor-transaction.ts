import type { Db } from '@concord/database/database'
import { claimOnce } from '@concord/messaging/inbox'
import type { Vault } from '@concord/vault/vault'
import { and, asc, eq, gte, inArray, lt, sql } from '@concord/database/sql'
import type { AnchorTransaction, AnchorTurn } from '../anchors/ports.ts'
import { anchorTurns } from '../db/learning-schema.ts'
import { inbox, outbox } from '../db/schema.ts'
import { anchorRequests } from './messages.ts'

/** `announced` is told of messages that wait in the outbox. */
export function anchorTransaction(tx: Db, vault: Vault, announced: () => void): AnchorTransaction {
  return {
    async anchorTurnsSince(since) {
      const rows = await tx
        .select()
        .from(anchorTurns)
        .where(gte(anchorTurns.askedAt, since))
        .orderBy(anchorTurns.askedAt)
      return rows.map(toAnchorTurn)
    },
    async askedAnchors(since) {
      const { model, providerModel, sandbox, anchorId, domain, status } = anchorTurns
      const of = { model, providerModel, sandbox, anchorId, domain, status }
      const askedAt = sql<string>`max(${anchorTurns.askedAt})`.mapWith(anchorTurns.askedAt)
      return tx
        .select({ ...of, askedAt })
        .from(anchorTurns)
        .where(gte(anchorTurns.askedAt, since))
        .groupBy(...Object.values(of))
    },
    async askAnchors(turns) {
      if (turns.length === 0) return
      await tx.insert(anchorTurns).values(turns.map(({ prompt: _prompt, ...turn }) => turn))
      await tx.insert(outbox).values(anchorRequests(vault, turns))
      announced()
    },
    async lockAnchorTurn(id, { handler, id: messageId }) {
      if (!(await claimOnce(tx, inbox, handler, messageId))) return undefined
      const [row] = await tx.select().from(anchorTurns).where(eq(anchorTurns.id, id)).for('update')
      return row && toAnchorTurn(row)
    },
    async saveAnchorResult(id, result) {
      await tx.update(anchorTurns).set(result).where(eq(anchorTurns.id, id))
    },
    async loseAnchorTurns(before) {
      const overdue = tx
        .select({ id: anchorTurns.id })
        .from(anchorTurns)
        .where(and(eq(anchorTurns.status, 'asked'), lt(anchorTurns.deadlineAt, before)))
        .for('update', { skipLocked: true })
      const { rowCount } = await tx.update(anchorTurns).set({ status: 'lost' }).where(inArray(anchorTurns.id, overdue))
      return rowCount ?? 0
    },
    async anchorAnswers(since) {
      const { anchorId, domain, model, providerModel, sandbox, right, answer, confidence } = anchorTurns
      return tx
        .select({ anchorId, domain, model, providerModel, sandbox, right, answer, confidence })
        .from(anchorTurns)
        .where(and(eq(anchorTurns.status, 'graded'), gte(anchorTurns.askedAt, since)))
        .orderBy(asc(anchorTurns.askedAt))
    },
  }
}

function toAnchorTurn(row: typeof anchorTurns.$inferSelect): AnchorTurn {
  const { right: _right, answer: _answer, confidence: _confidence, ...turn } = row
  return turn
}
