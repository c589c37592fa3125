import { createCipheriv, createSecretKey, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { openDatabase } from '@concord/database/database'
import { startEmbedded } from '@concord/database/embedded'
import { newKeyRing, parseKeyRing } from '@concord/vault/key-ring'
import { subjectKeysTable } from '@concord/vault/tables'
import { createVault } from '@concord/vault/vault'
import { sql } from '@concord/database/sql'
import { pgSchema } from '@concord/database/tables'
import { cpuPerCall } from './load.ts'
import type { Report, Row } from './report.ts'
import { median } from './statistics.ts'

const calls = 5_000
const subject = 'usr_1'
const aad = 'queries|qry_1|question'

/** Field encryption under a subject's own key, which is in the vault's cache, against AES-256-GCM alone. */
export async function vault(): Promise<Report> {
  const embedded = await startEmbedded({ dataDir: undefined })
  const database = openDatabase({ url: embedded.url, applicationName: 'bench' })
  await database.db.execute(sql`create schema bench`)
  await database.db.execute(sql`create table bench.subject_keys (subject text primary key, wrapped_key text,
    ring_key_id text not null, created_at timestamptz not null default now(), forgotten_at timestamptz)`)
  const sealer = createVault({ ring: parseKeyRing(newKeyRing()), keys: subjectKeysTable(pgSchema('bench')) })
  const rows: Row[] = []
  for (const size of [200, 8_000]) {
    const text = 'x'.repeat(size)
    const sealed = await sealer.encrypt(database.db, { subject, aad, text })
    const key = createSecretKey(randomBytes(32))
    const samples: Record<'encrypt' | 'decrypt' | 'bare', number[]> = { encrypt: [], decrypt: [], bare: [] }
    for (let round = 0; round < 5; round++) {
      samples.encrypt.push(await cpuPerCall(calls, () => sealer.encrypt(database.db, { subject, aad, text })))
      samples.decrypt.push(await cpuPerCall(calls, () => sealer.decrypt(database.db, { subject, aad, sealed })))
      samples.bare.push(await cpuPerCall(calls, () => bareEncrypt(key, text)))
    }
    const bare = median(samples.bare)
    rows.push(
      { what: `encrypt ${size} characters, CPU`, unit: 'µs', values: [median(samples.encrypt), bare] },
      { what: `decrypt ${size} characters, CPU`, unit: 'µs', values: [median(samples.decrypt), bare] },
    )
  }
  await database.close()
  await embedded.stop()
  return { name: 'vault', title: 'Field encryption', columns: ['vault', 'AES-256-GCM alone'], rows }
}

function bareEncrypt(key: KeyObject, text: string): string {
  const cipher = createCipheriv('aes-256-gcm', key, randomBytes(12))
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}
