import type { Database } from '@concord/database/database'
import { desc, sql } from 'drizzle-orm'
import { signingKeys } from '../db/schema.ts'
import type { SigningKeyStore } from '../tokens/signing-keys.ts'

const replicaLock = 'auth signing keys'

export function postgresSigningKeys({ db }: Database): SigningKeyStore {
  return {
    loadOrCreate: (create) =>
      db.transaction(async (tx) => {
        await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${replicaLock}, 0))`)
        const [newest, ...older] = await tx.select().from(signingKeys).orderBy(desc(signingKeys.createdAt))
        if (newest) return [newest, ...older]
        const first = await create()
        await tx.insert(signingKeys).values({ ...first, publicJwk: { ...first.publicJwk } })
        return [first]
      }),
  }
}
