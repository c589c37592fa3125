import { randomBytes } from 'node:crypto'
import type { Db } from '@concord/database/database'
import { and, eq, isNotNull, ne, sql } from 'drizzle-orm'
import type { KeyRing } from './key-ring.ts'
import { keyIdOf, openText, sealText } from './sealed-text.ts'
import type { SubjectKeysTable } from './tables.ts'
import { VaultError } from './vault-error.ts'

const keptMs = 60_000
const mostKept = 10_000

const committed = sql<boolean>`xmin::text is distinct from pg_current_xact_id_if_assigned()::xid::text`

type Options = { ring: KeyRing; table: SubjectKeysTable; now: () => number }

/** The subjects' keys as they lie in the table, wrapped by the ring; unwrapped ones are kept for a minute. */
export function subjectKeys({ ring, table, now }: Options) {
  const kept = new Map<string, { key: Buffer; until: number }>()

  function remember(subject: string, key: Buffer): Buffer {
    kept.delete(subject)
    kept.set(subject, { key, until: now() + keptMs })
    const [oldest] = kept.keys()
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
    return key
  }

  function recall(subject: string): Buffer | undefined {
    const found = kept.get(subject)
    if (!found || found.until <= now()) return undefined
    return found.key
  }

  /** Keeps only a key that was committed: one made in this very transaction may yet be rolled back. */
  async function read(tx: Db, subject: string): Promise<Buffer | undefined> {
    const [row] = await tx
      .select({ wrappedKey: table.wrappedKey, committed })
      .from(table)
      .where(eq(table.subject, subject))
    if (!row) return undefined
    if (row.wrappedKey === null) throw new VaultError('forgotten', 'the subject was erased')
    const key = unwrap(subject, row.wrappedKey)
    return row.committed ? remember(subject, key) : key
  }

  function wrap(subject: string, key: Buffer): { wrappedKey: string; ringKeyId: string } {
    const { id, key: ringKey } = ring.current
    return { wrappedKey: sealText(ringKey, id, `subject|${subject}`, key.toString('base64')), ringKeyId: id }
  }

  function unwrap(subject: string, wrapped: string): Buffer {
    const ringKey = ring.find(keyIdOf(wrapped))
    if (!ringKey) throw new VaultError('unknown-key', `the ring has no key ${keyIdOf(wrapped)}`)
    return Buffer.from(openText(ringKey, `subject|${subject}`, wrapped), 'base64')
  }

  return {
    async find(tx: Db, subject: string): Promise<Buffer> {
      const key = recall(subject) ?? (await read(tx, subject))
      if (!key) throw new VaultError('forgotten', 'the subject has no key')
      return key
    },

    async findOrCreate(tx: Db, subject: string): Promise<Buffer> {
      const known = recall(subject) ?? (await read(tx, subject))
      if (known) return known
      const key = randomBytes(32)
      const made = await tx
        .insert(table)
        .values({ subject, ...wrap(subject, key) })
        .onConflictDoNothing()
        .returning({ subject: table.subject })
      if (made.length === 1) return key
      const theirs = await read(tx, subject)
      if (!theirs) throw new VaultError('forgotten', 'the subject’s key went away while it was made')
      return theirs
    },

    async forget(tx: Db, subject: string): Promise<void> {
      const forgotten = { wrappedKey: null, forgottenAt: new Date(now()) }
      await tx
        .insert(table)
        .values({ subject, ringKeyId: ring.current.id, ...forgotten })
        .onConflictDoUpdate({ target: table.subject, set: forgotten })
      kept.delete(subject)
    },

    async rewrap(tx: Db, limit: number): Promise<number> {
      const old = and(ne(table.ringKeyId, ring.current.id), isNotNull(table.wrappedKey))
      const rows = await tx.select().from(table).where(old).limit(limit).for('update', { skipLocked: true })
      for (const { subject, wrappedKey } of rows) {
        if (wrappedKey === null) continue
        await tx
          .update(table)
          .set(wrap(subject, unwrap(subject, wrappedKey)))
          .where(eq(table.subject, subject))
      }
      return rows.length
    },
  }
}
