import { setTimeout as sleep } from 'node:timers/promises'
import { resealSigningKeys } from '@concord/auth/rotate-signing-key'
import type { Database } from '@concord/database/database'
import { keyIds, newKeyRing, parseKeyRing } from '@concord/vault/key-ring'
import { subjectKeysTable } from '@concord/vault/tables'
import { createVault } from '@concord/vault/vault'
import { pgSchema } from '@concord/database/tables'
import { allSchemas } from '../service-tables.ts'
import { ringUses } from './ring-uses.ts'
import type { RingUse } from './ring-uses.ts'
import type { RingSource } from './ring-source.ts'

const rowsAtATime = 200
/** Running services look at their ring once a second; what they wrap until then is wrapped anew in a second pass. */
const untilNoticedMs = 1_500

/** `wrapped`: all that is stored is under the current key. `to-set`: a person has to set the new ring, and to call again. */
export type VaultRotation =
  | { outcome: 'wrapped'; keyId: string; fresh: boolean; rows: number }
  | { outcome: 'to-set'; keyId: string; first: string; second: string }

type Options = { database: Pick<Database, 'db'>; source: RingSource; onProgress: (line: string) => void }

/**
 * Puts a new key first in the ring, and wraps all stored keys under it; the texts themselves are under keys of their subjects and
 * stay as they are. What was begun and cut short is finished before another key is made. Running services follow by themselves
 * where the ring is in a file that they read.
 */
export async function rotateVaultKey({ database, source, onProgress }: Options): Promise<VaultRotation> {
  const unfinished = await storedUnderOlderKeys(database, source.text)
  if (unfinished.length > 0) {
    const rows = await wrapAll(database, source.text, onProgress)
    return { outcome: 'wrapped', keyId: currentOf(source.text), fresh: false, rows }
  }
  const fresh = newKeyRing()
  const second = `${fresh},${source.text}`
  if (!source.write) return { outcome: 'to-set', keyId: currentOf(fresh), first: `${source.text},${fresh}`, second }
  await source.write(second)
  let rows = await wrapAll(database, second, onProgress)
  await sleep(untilNoticedMs)
  rows += await wrapAll(database, second, onProgress)
  return { outcome: 'wrapped', keyId: currentOf(fresh), fresh: true, rows }
}

/** What a person's key of the ring still has to be kept for, but for messages on their way. */
async function storedUnderOlderKeys({ db }: Pick<Database, 'db'>, ring: string): Promise<RingUse[]> {
  const current = currentOf(ring)
  const uses = await ringUses(db, allSchemas)
  return uses.filter(({ table, keyId }) => keyId !== current && /\.(subject_keys|signing_keys)$/.test(table))
}

/** Batch by batch, each a transaction of its own: it may be cut short at any point, and several may run at once. */
async function wrapAll(
  database: Pick<Database, 'db'>,
  text: string,
  onProgress: (line: string) => void,
): Promise<number> {
  const ring = parseKeyRing(text)
  const uses = await storedUnderOlderKeys(database, text)
  const total = uses.reduce((sum, { rows }) => sum + rows, 0)
  let done = 0
  for (const schema of new Set(uses.map(({ table }) => table.split('.')[0] ?? ''))) {
    const vault = createVault({ ring, keys: subjectKeysTable(pgSchema(schema)) })
    if (uses.some(({ table }) => table === `${schema}.signing_keys`))
      done += await resealSigningKeys(database, vault, ring.current.id)
    for (;;) {
      const rows = await database.db.transaction((tx) => vault.rewrap(tx, { limit: rowsAtATime }))
      if (rows === 0) break
      onProgress(`wrapping the keys of ${schema}: ${(done += rows)} of ${total}`)
    }
  }
  return done
}

function currentOf(ring: string): string {
  return keyIds(ring)[0] ?? ''
}
