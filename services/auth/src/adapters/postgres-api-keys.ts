import type { Db } from '@concord/database/database'
import { and, count, desc, eq, gte, isNull, lt } from '@concord/database/sql'
import { apiKeys } from '../db/schema.ts'
import type { ApiKeyStore } from '../ports.ts'

export function postgresApiKeys(db: Db): ApiKeyStore {
  const alive = isNull(apiKeys.revokedAt)
  return {
    async insert(key) {
      const [row] = await db.insert(apiKeys).values(key).returning()
      if (!row) throw new Error('an insert gave no row')
      return row
    },
    async count(userId) {
      const [row] = await db
        .select({ keys: count() })
        .from(apiKeys)
        .where(and(eq(apiKeys.userId, userId), alive))
      return row?.keys ?? 0
    },
    list: (userId, { limit, after }) =>
      db
        .select()
        .from(apiKeys)
        .where(and(eq(apiKeys.userId, userId), alive, after === undefined ? undefined : lt(apiKeys.id, after)))
        .orderBy(desc(apiKeys.id))
        .limit(limit),
    async revoke(userId, id, at) {
      const ended = await db
        .update(apiKeys)
        .set({ revokedAt: at })
        .where(and(eq(apiKeys.userId, userId), eq(apiKeys.id, id), alive))
        .returning({ id: apiKeys.id })
      return ended.length === 1
    },
    async byHash(hash) {
      const [row] = await db
        .select()
        .from(apiKeys)
        .where(and(eq(apiKeys.hash, hash), alive))
      return row
    },
    async touch(id, at) {
      await db.update(apiKeys).set({ lastUsedAt: at }).where(eq(apiKeys.id, id))
    },
    async revokedSince(moment) {
      const rows = await db
        .select({ id: apiKeys.id, revokedAt: apiKeys.revokedAt })
        .from(apiKeys)
        .where(gte(apiKeys.revokedAt, moment))
      return rows.flatMap(({ id, revokedAt }) => (revokedAt ? [{ id, revokedAt }] : []))
    },
  }
}
