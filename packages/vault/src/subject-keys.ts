import { randomBytes } from 'node:crypto'
import type { Db } from '@concord/database/database'
import { and, eq, isNotNull, ne, sql } from '@concord/database/sql'
import type { KeyRing } from './key-ring.ts'
import { keyIdOf, openText, sealText } from './sealed-text.ts'
import type { SubjectKeysTable } from './tables.ts'
import { VaultError } from './vault-error.ts'

const keptMs = 60_000
const mostKept = 10_000

/**
 * True of a row older than every transaction under way. Its `xmin` alone does not tell a row of this very transaction,
 * which may yet be rolled back: inside a savepoint that is a number of the savepoint's own.
 */
const settled = sql<boolean>`age(xmin) > age(pg_snapshot_xmin(pg_current_snapshot())::xid)`

type Options = { ring: KeyRing; table: SubjectKeysTable; now: () => number }

/** The subjects' keys as they lie in the table, wrapped by the ring; unwrapped ones are kept for a minute. */
export function subjectKeys({ ring, table, now }: Options) {
  const kept = keptKeys(now)

  /** Keeps only a settled key: one that is rolled back must not seal anything later. */
  async function read(tx: Db, subject: string): Promise<Buffer | undefined> {
    const [row] = await tx
      .select({ wrappedKey: table.wrappedKey, settled })
      .from(table)
      .where(eq(table.subject, subject))
    if (!row) return undefined
    if (row.wrappedKey === null) throw new VaultError('forgotten', 'the subject was erased')
    const key = unwrap(ring, subject, row.wrappedKey)
    if (row.settled) kept.remember(subject, key)
    return key
  }

  return {
    async find(tx: Db, subject: string): Promise<Buffer> {
      const key = kept.recall(subject) ?? (await read(tx, subject))
      if (!key) throw new VaultError('forgotten', 'the subject has no key')
      return key
    },

    async findOrCreate(tx: Db, subject: string): Promise<Buffer> {
      const known = kept.recall(subject) ?? (await read(tx, subject))
      if (known) return known
      const key = randomBytes(32)
      // Waits for another transaction that is making this subject's key, and then makes none if that one commits.
      const made = await tx
        .insert(table)
        .values({ subject, ...wrap(ring, subject, key) })
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
      kept.drop(subject)
    },

    async rewrap(tx: Db, limit: number): Promise<number> {
      const old = and(ne(table.ringKeyId, ring.current.id), isNotNull(table.wrappedKey))
      const rows = await tx.select().from(table).where(old).limit(limit).for('update', { skipLocked: true })
      for (const { subject, wrappedKey } of rows) {
        if (wrappedKey === null) continue
        await tx
          .update(table)
          .set(wrap(ring, subject, unwrap(ring, subject, wrappedKey)))
          .where(eq(table.subject, subject))
      }
      return rows.length
    },
  }
}

/** Unwrapped keys, each for a minute, at most `mostKept`: the oldest go first. */
function keptKeys(now: () => number) {
  const kept = new Map<string, { key: Buffer; until: number }>()
  return {
    remember(subject: string, key: Buffer): void {
      kept.delete(subject)
      kept.set(subject, { key, until: now() + keptMs })
      const [oldest] = kept.keys()
      if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
    },
    recall(subject: string): Buffer | undefined {
      const found = kept.get(subject)
      if (found && found.until > now()) return found.key
      kept.delete(subject)
      return undefined
    },
    drop: (subject: string) => void kept.delete(subject),
  }
}

function wrap(ring: KeyRing, subject: string, key: Buffer): { wrappedKey: string; ringKeyId: string } {
  const { id, key: ringKey } = ring.current
  return { wrappedKey: sealText(ringKey, id, `subject|${subject}`, key.toString('base64')), ringKeyId: id }
}

function unwrap(ring: KeyRing, subject: string, wrapped: string): Buffer {
  const ringKey = ring.find(keyIdOf(wrapped))
  if (!ringKey) throw new VaultError('unknown-key', `the ring has no key ${keyIdOf(wrapped)}`)
  return Buffer.from(openText(ringKey, `subject|${subject}`, wrapped), 'base64')
}
