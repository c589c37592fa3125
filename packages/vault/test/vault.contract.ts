import { openDatabase } from '@concord/database/database'
import type { Database, Db } from '@concord/database/database'
import { eq, sql } from '@concord/database/sql'
import { pgSchema } from '@concord/database/tables'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newKeyRing, parseKeyRing } from '../src/key-ring.ts'
import { subjectKeysTable } from '../src/tables.ts'
import { VaultError } from '../src/vault-error.ts'
import { createVault } from '../src/vault.ts'
import type { Vault } from '../src/vault.ts'

const keys = subjectKeysTable(pgSchema('vault_test'))
const oldRing = newKeyRing()
const bothRings = `k-new:${Buffer.alloc(32, 7).toString('base64')},${oldRing}`
const aad = 'queries|1|question'

export type Opened = { url: string; close(): Promise<void> }

/** What the vault promises on every engine. `open` gives an empty database. */
export function describeVault(name: string, open: () => Promise<Opened>): void {
  describe(`the vault on ${name}`, () => {
    let opened: Opened
    let database: Database
    let other: Database
    let subjects = 0

    beforeAll(async () => {
      opened = await open()
      database = openDatabase({ url: opened.url, applicationName: 'vault-test' })
      other = openDatabase({ url: opened.url, applicationName: 'vault-test-other' })
      await database.db.execute(sql`create schema vault_test`)
      await database.db.execute(
        sql`create table vault_test.subject_keys (subject text primary key, wrapped_key text, ring_key_id text not null,
            created_at timestamptz not null default now(), forgotten_at timestamptz)`,
      )
    })

    afterAll(async () => {
      await Promise.all([database.close(), other.close()])
      await opened.close()
    })

    const aSubject = (): string => `user-${++subjects}`

    test('gives back what was sealed, to another replica as well', async () => {
      const subject = aSubject()
      const sealed = await aVault().encrypt(database.db, { subject, aad, text: 'Où est la clé ? 🔑' })

      expect(await aVault().decrypt(other.db, { subject, aad, sealed })).toBe('Où est la clé ? 🔑')
      expect(sealed).not.toContain('cl')
    })

    test('gives many texts of a subject back in their order', async () => {
      const [subject, vault] = [aSubject(), aVault()]
      const items = await Promise.all(
        ['a', 'b', ''].map(async (text) => ({
          aad: `row|${text}`,
          sealed: await vault.encrypt(database.db, { subject, aad: `row|${text}`, text }),
        })),
      )

      expect(await vault.decryptMany(database.db, subject, items)).toEqual(['a', 'b', ''])
      expect(await vault.decryptMany(database.db, subject, [])).toEqual([])
    })

    test('refuses a text that was moved to another row or another subject', async () => {
      const [subject, stranger, vault] = [aSubject(), aSubject(), aVault()]
      const sealed = await vault.encrypt(database.db, { subject, aad, text: 'mine' })
      await vault.encrypt(database.db, { subject: stranger, aad, text: 'theirs' })

      expect(await code(vault.decrypt(database.db, { subject, aad: 'queries|2|question', sealed }))).toBe('altered')
      expect(await code(vault.decrypt(database.db, { subject: stranger, aad, sealed }))).toBe('altered')
    })

    test('refuses a subject key that was moved to another subject', async () => {
      const [subject, thief, vault] = [aSubject(), aSubject(), aVault()]
      const sealed = await vault.encrypt(database.db, { subject, aad, text: 'mine' })
      const [row] = await database.db.select().from(keys).where(eq(keys.subject, subject))
      await database.db
        .insert(keys)
        .values({ subject: thief, wrappedKey: row?.wrappedKey ?? '', ringKeyId: row?.ringKeyId ?? '' })

      expect(await code(aVault().decrypt(database.db, { subject: thief, aad, sealed }))).toBe('altered')
    })

    test('makes one key when transactions of two pools and vaults meet at a first use', async () => {
      const subject = aSubject()
      const vaults = [aVault(), aVault()]
      const sealed = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          (index % 2 ? database : other).db.transaction((tx) =>
            (vaults[index % 2] ?? aVault()).encrypt(tx, { subject, aad, text: String(index) }),
          ),
        ),
      )

      const items = sealed.map((text) => ({ aad, sealed: text }))
      expect(await aVault().decryptMany(database.db, subject, items)).toEqual(sealed.map((_, index) => String(index)))
    })

    test.each(['transaction', 'savepoint'])('forgets a key whose %s was rolled back', async (kind) => {
      const [subject, vault] = [aSubject(), aVault()]
      const seen: string[] = []
      const sealAndUndo = async (tx: Db): Promise<never> => {
        const lost = await vault.encrypt(tx, { subject, aad, text: 'seen inside' })
        seen.push(await vault.decrypt(tx, { subject, aad, sealed: lost }))
        throw new Error('undone')
      }
      const undone = database.db.transaction(async (outer) => {
        // Gives the outer transaction a number of its own, as any that has written has.
        await outer.insert(keys).values({ subject: aSubject(), ringKeyId: 'none' })
        await (kind === 'savepoint' ? outer.transaction(sealAndUndo).catch(() => {}) : sealAndUndo(outer))
      })
      await undone.catch(() => {})

      const sealed = await vault.encrypt(database.db, { subject, aad, text: 'kept' })

      expect(seen).toEqual(['seen inside'])
      expect(await aVault().decrypt(database.db, { subject, aad, sealed })).toBe('kept')
    })

    test('asks the database for a subject’s key once a minute', async () => {
      let time = 0
      const [subject, vault] = [aSubject(), aVault(oldRing, () => time)]
      await vault.encrypt(database.db, { subject, aad, text: 'x' })
      const sealed = await vault.encrypt(database.db, { subject, aad, text: 'x' })
      await database.db.update(keys).set({ wrappedKey: null }).where(eq(keys.subject, subject))

      expect(await vault.decrypt(database.db, { subject, aad, sealed })).toBe('x')
      time = 60_001
      expect(await code(vault.decrypt(database.db, { subject, aad, sealed }))).toBe('forgotten')
    })

    test('opens nothing and seals nothing after an erasure', async () => {
      const [subject, vault] = [aSubject(), aVault()]
      const sealed = await vault.encrypt(database.db, { subject, aad, text: 'x' })
      await vault.forget(database.db, subject)
      await vault.forget(database.db, subject)

      expect(await code(vault.decrypt(database.db, { subject, aad, sealed }))).toBe('forgotten')
      expect(await code(vault.encrypt(database.db, { subject, aad, text: 'y' }))).toBe('forgotten')
      expect(await code(aVault().encrypt(database.db, { subject, aad, text: 'y' }))).toBe('forgotten')
    })

    test('erases a subject that has written nothing yet', async () => {
      const [subject, vault] = [aSubject(), aVault()]
      await vault.forget(database.db, subject)

      expect(await code(vault.encrypt(database.db, { subject, aad, text: 'y' }))).toBe('forgotten')
    })

    test('keeps the subject when the erasure is rolled back', async () => {
      const [subject, vault] = [aSubject(), aVault()]
      const sealed = await vault.encrypt(database.db, { subject, aad, text: 'x' })
      await database.db
        .transaction(async (tx) => {
          await vault.forget(tx, subject)
          throw new Error('undone')
        })
        .catch(() => {})

      expect(await vault.decrypt(database.db, { subject, aad, sealed })).toBe('x')
    })

    test('wraps under the new ring key in batches, after which the old one may go', async () => {
      await database.db.delete(keys)
      const vault = aVault()
      const owners = [aSubject(), aSubject(), aSubject()]
      const sealed = await Promise.all(
        owners.map((subject) => vault.encrypt(database.db, { subject, aad, text: subject })),
      )
      const rotated = aVault(bothRings)
      expect(await rotated.decrypt(database.db, { subject: owners[0] ?? '', aad, sealed: sealed[0] ?? '' })).toBe(
        owners[0],
      )

      const rewrap = (): Promise<number> => database.db.transaction((tx) => rotated.rewrap(tx, { limit: 2 }))
      expect([await rewrap(), await rewrap(), await rewrap()]).toEqual([2, 1, 0])

      const newOnly = aVault(bothRings.split(',')[0])
      const texts = await Promise.all(
        owners.map((subject, index) => newOnly.decrypt(database.db, { subject, aad, sealed: sealed[index] ?? '' })),
      )
      expect(texts).toEqual(owners)
    })

    test('says which key is missing when the ring lost it', async () => {
      const subject = aSubject()
      const sealed = await aVault().encrypt(database.db, { subject, aad, text: 'x' })

      expect(await code(aVault(newKeyRing().replace('k', 'q')).decrypt(database.db, { subject, aad, sealed }))).toBe(
        'unknown-key',
      )
    })
  })
}

function aVault(ring = oldRing, now?: () => number): Vault {
  return createVault({ ring: parseKeyRing(ring), keys, ...(now && { now }) })
}

/** The code of the VaultError that it rejects with. */
async function code(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise
  } catch (error) {
    return error instanceof VaultError ? error.code : error
  }
}
