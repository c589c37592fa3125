import type { Database, Db } from '@concord/database/database'
import { lockUntilEnd } from '@concord/database/lock'
import { asc, desc, sql } from '@concord/database/sql'
import { signingKeys } from '../db/schema.ts'
import { longestTokenS, noticeS } from '../tokens/signing-keys.ts'
import type { SigningKeyStore, StoredSigningKey } from '../tokens/signing-keys.ts'

const replicaLock = 'auth signing keys'

/** By the database's clock, so that all replicas change the key at the same time. */
export const hasSigned = sql<boolean>`${signingKeys.signsFrom} <= now()`

/** True of a key that another has followed so long ago that every token it signed has expired. */
export const isSpent = sql<boolean>`exists (
  select from ${signingKeys} later where later.signs_from > ${signingKeys}.signs_from
    and later.signs_from < now() - ${longestTokenS + noticeS}::int * interval '1 second')`

export function postgresSigningKeys({ db }: Pick<Database, 'db'>): SigningKeyStore {
  return {
    async loadOrCreate(create) {
      const [newest, ...older] = await usable(db)
      if (newest) return [newest, ...older]
      return db.transaction(async (tx) => {
        await lockSigningKeys(tx)
        const [theirs, ...others] = await usable(tx)
        if (theirs) return [theirs, ...others]
        const first = await create()
        await storeSigningKey(tx, first, 0)
        return [first]
      })
    },
  }
}

export function lockSigningKeys(tx: Db): Promise<void> {
  return lockUntilEnd(tx, replicaLock)
}

/** Signs `inS` seconds from now, and is published at once. Answers the moment. */
export async function storeSigningKey(tx: Db, key: StoredSigningKey, inS: number): Promise<Date> {
  const signsFrom = sql`now() + ${inS}::int * interval '1 second'`
  const [row] = await tx
    .insert(signingKeys)
    .values({ ...key, publicJwk: { ...key.publicJwk }, signsFrom })
    .returning({ signsFrom: signingKeys.signsFrom })
  if (!row) throw new Error('the signing key was not stored')
  return row.signsFrom
}

function usable(db: Db): Promise<StoredSigningKey[]> {
  const { kid, publicJwk, sealedPrivateJwk, signsFrom } = signingKeys
  return db
    .select({ kid, publicJwk, sealedPrivateJwk })
    .from(signingKeys)
    .where(sql`not ${isSpent}`)
    .orderBy(desc(hasSigned), desc(signsFrom), asc(kid))
}
