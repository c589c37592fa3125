import type { Db } from '@concord/database/database'
import { eq, gte } from '@concord/database/sql'
import { users } from '../db/schema.ts'
import type { AccountStore } from '../ports.ts'

export function postgresAccounts(db: Db): AccountStore {
  return {
    async insert(account) {
      const [row] = await db.insert(users).values(account).onConflictDoNothing().returning()
      return row
    },
    async byEmail(email) {
      const [row] = await db.select().from(users).where(eq(users.email, email))
      return row
    },
    async byId(id) {
      const [row] = await db.select().from(users).where(eq(users.id, id))
      return row
    },
    async lock(id) {
      const [row] = await db.select().from(users).where(eq(users.id, id)).for('update')
      return row
    },
    async setGrants(id, grants) {
      const now = new Date()
      const [row] = await db
        .update(users)
        .set({ ...grants, updatedAt: now, grantsChangedAt: now })
        .where(eq(users.id, id))
        .returning()
      if (!row) throw new Error('the account was not locked before its grants were changed')
      return row
    },
    async lockSuperAdmins() {
      const rows = await db
        .select({ id: users.id })
        .from(users)
        .where(eq(users.role, 'super_admin'))
        .orderBy(users.id)
        .for('update')
      return rows.length
    },
    grantsChangedSince: (moment) => db.select().from(users).where(gte(users.grantsChangedAt, moment)),
  }
}
