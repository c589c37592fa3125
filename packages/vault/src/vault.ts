import type { Db } from '@concord/database/database'
import type { KeyRing } from './key-ring.ts'
import { keyIdOf, openText, sealText } from './sealed-text.ts'
import { subjectKeys } from './subject-keys.ts'
import type { SubjectKeysTable } from './tables.ts'
import { VaultError } from './vault-error.ts'

export type Vault = {
  /**
   * Encrypts under the subject's own key, which is made at its first use. `aad` binds the text to its row, such as
   * `queries|<id>|question`. Throws a VaultError 'forgotten' after the subject's erasure.
   */
  encrypt(tx: Db, o: { subject: string; aad: string; text: string }): Promise<string>
  /** Throws a VaultError: 'forgotten', 'altered' or 'unknown-key'. */
  decrypt(tx: Db, o: { subject: string; aad: string; sealed: string }): Promise<string>
  decryptMany(tx: Db, subject: string, items: readonly { aad: string; sealed: string }[]): Promise<string[]>
  /** Erasure: the subject's key is destroyed, and with it all that was written under it, in every replica within 60 s. */
  forget(tx: Db, subject: string): Promise<void>
  /** Wraps up to `limit` subject keys of older ring keys under the current one; gives how many. */
  rewrap(tx: Db, o: { limit: number }): Promise<number>
  /** Under the ring itself, for message bodies on their way. */
  seal(o: { aad: string; text: string }): string
  open(o: { aad: string; sealed: string }): string
}

const subjectMark = 's'

/** Field encryption for one service's schema. */
export function createVault({
  ring,
  keys: table,
  now = Date.now,
}: {
  ring: KeyRing
  keys: SubjectKeysTable
  now?: () => number
}): Vault {
  const keys = subjectKeys({ ring, table, now })

  return {
    async encrypt(tx, { subject, aad, text }) {
      return sealText(await keys.findOrCreate(tx, subject), subjectMark, `${subject}|${aad}`, text)
    },
    async decrypt(tx, { subject, aad, sealed }) {
      return openText(await keys.find(tx, subject), `${subject}|${aad}`, sealed)
    },
    async decryptMany(tx, subject, items) {
      if (items.length === 0) return []
      const key = await keys.find(tx, subject)
      return items.map(({ aad, sealed }) => openText(key, `${subject}|${aad}`, sealed))
    },
    forget: (tx, subject) => keys.forget(tx, subject),
    rewrap: (tx, { limit }) => keys.rewrap(tx, limit),
    seal({ aad, text }) {
      // Read once: a ring that is followed may change between two looks.
      const { id, key } = ring.current
      return sealText(key, id, `message|${aad}`, text)
    },
    open({ aad, sealed }) {
      const key = ring.find(keyIdOf(sealed))
      if (!key) throw new VaultError('unknown-key', `the ring has no key ${keyIdOf(sealed)}`)
      return openText(key, `message|${aad}`, sealed)
    },
  }
}
