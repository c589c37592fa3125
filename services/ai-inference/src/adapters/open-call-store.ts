import type { Db } from '@concord/database/database'
import { mayBeAlive } from '@concord/messaging/process-liveness'
import { and, eq, inArray, lt, sql } from '@concord/database/sql'
import { openCalls } from '../db/schema.ts'
import type { OpenCallStore } from '../usage/usage.ts'
import { insertion, rowOf } from './postgres-usage.ts'

type Options = {
  /** Of this process, from `newOwner`. */
  owner: string
  /** A process on another host that has said nothing of a call for so long is taken for gone. */
  silentAfterS?: number
}

/** Calls under way in the service's own schema, each under the name of its process. */
export function openCallStore(db: Db, { owner, silentAfterS = 60 }: Options): OpenCallStore {
  return {
    async keep(entries) {
      if (entries.length === 0) return
      const rows = entries.map((entry) => ({ id: entry.id, owner, seenAt: sql`now()`, entry: rowOf(entry) }))
      await db
        .insert(openCalls)
        .values(rows)
        .onConflictDoUpdate({ target: openCalls.id, set: { seenAt: sql`now()`, entry: sql`excluded.entry` } })
    },
    async drop(ids) {
      if (ids.length > 0) await db.delete(openCalls).where(inArray(openCalls.id, [...ids]))
    },
    async settle() {
      const owners = await db.selectDistinct({ owner: openCalls.owner }).from(openCalls)
      const gone = owners.map((row) => row.owner).filter((name) => !mayBeAlive(name))
      const silent = lt(openCalls.seenAt, sql`now() - ${silentAfterS} * interval '1 second'`)
      const settled = await Promise.all([
        ...gone.map((name) => move(db, eq(openCalls.owner, name))),
        move(db, and(silent, sql`${openCalls.owner} <> ${owner}`)),
      ])
      return settled.reduce((sum, count) => sum + count, 0)
    },
  }
}

/** Calls whose end was stored before their process died are in the usage already, and stay as they are there. */
async function move(db: Db, which: ReturnType<typeof and>): Promise<number> {
  return db.transaction(async (tx) => {
    const rows = await tx.delete(openCalls).where(which).returning({ entry: openCalls.entry })
    if (rows.length > 0) await tx.execute(insertion(rows.map(({ entry }) => entry)))
    return rows.length
  })
}
