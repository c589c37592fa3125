import type { Db } from '@concord/database/database'
import { and, eq, gte, isNull } from '@concord/database/sql'
import { refreshTokens, sessions } from '../db/schema.ts'
import type { SessionStore } from '../ports.ts'

export function postgresSessions(db: Db): SessionStore {
  return {
    async insert(session) {
      await db.insert(sessions).values(session)
    },
    async addRefreshToken(token) {
      await db.insert(refreshTokens).values(token)
    },
    async useRefreshToken(hash, at) {
      const used = await db
        .update(refreshTokens)
        .set({ usedAt: at })
        .where(and(eq(refreshTokens.hash, hash), isNull(refreshTokens.usedAt)))
        .returning({ hash: refreshTokens.hash })
      return used.length === 1
    },
    async findRefreshToken(hash) {
      const [row] = await db
        .select({ session: sessions, usedAt: refreshTokens.usedAt, expiresAt: refreshTokens.expiresAt })
        .from(refreshTokens)
        .innerJoin(sessions, eq(sessions.id, refreshTokens.sessionId))
        .where(eq(refreshTokens.hash, hash))
      return row
    },
    async revoke(id, at) {
      const ended = await db
        .update(sessions)
        .set({ revokedAt: at })
        .where(and(eq(sessions.id, id), isNull(sessions.revokedAt)))
        .returning({ id: sessions.id })
      return ended.length === 1
    },
    async revokedSince(moment) {
      const rows = await db
        .select({ id: sessions.id, revokedAt: sessions.revokedAt })
        .from(sessions)
        .where(gte(sessions.revokedAt, moment))
      return rows.flatMap(({ id, revokedAt }) => (revokedAt ? [{ id, revokedAt }] : []))
    },
  }
}
