import type { Database } from '@concord/database/database'
import { desc, eq, sql } from '@concord/database/sql'
import { hasSigned, isSpent, lockSigningKeys, postgresSigningKeys, storeSigningKey } from './postgres-signing-keys.ts'
import { signingKeys } from '../db/schema.ts'
import { createSigningKey, longestTokenS, noticeS, resealed } from '../tokens/signing-keys.ts'
import type { Seal } from '../tokens/signing-keys.ts'

/**
 * `next`: published, signs from `signsFrom` on. `signing`: signs now. `verifying`: signs no more; the last token it signed expires
 * before `verifiesUntil`. `spent`: verifies nothing, and is removed by the next run of retention.
 */
export type SigningKeyState = {
  kid: string
  state: 'next' | 'signing' | 'verifying' | 'spent'
  signsFrom: Date
  verifiesUntil: Date | null
}

/**
 * Stores a new key, which signs `leadS` seconds from now: until then it is only published, so that every service knows it when
 * it meets the first token. The former key goes on verifying. Where a key already waits to sign, that one is answered, as `already`.
 */
export async function rotateSigningKey(
  { db }: Pick<Database, 'db'>,
  vault: Seal,
  { leadS }: { leadS: number },
): Promise<{ kid: string; signsFrom: Date; already: boolean }> {
  // A mesh that never ran has none to follow.
  await postgresSigningKeys({ db }).loadOrCreate(() => createSigningKey(vault))
  return db.transaction(async (tx) => {
    await lockSigningKeys(tx)
    const [waiting] = await tx
      .select({ kid: signingKeys.kid, signsFrom: signingKeys.signsFrom })
      .from(signingKeys)
      .where(sql`not ${hasSigned}`)
    if (waiting) return { ...waiting, already: true }
    const key = await createSigningKey(vault)
    return { kid: key.kid, signsFrom: await storeSigningKey(tx, key, leadS), already: false }
  })
}

/** Seals the private halves that are under other keys of the ring under its current one, `keyId`. Answers how many. */
export async function resealSigningKeys({ db }: Pick<Database, 'db'>, vault: Seal, keyId: string): Promise<number> {
  return db.transaction(async (tx) => {
    await lockSigningKeys(tx)
    const rows = await tx
      .select({ kid: signingKeys.kid, sealed: signingKeys.sealedPrivateJwk })
      .from(signingKeys)
      .where(sql`split_part(${signingKeys.sealedPrivateJwk}, '.', 2) <> ${keyId}`)
    for (const { kid, sealed } of rows)
      await tx
        .update(signingKeys)
        .set({ sealedPrivateJwk: resealed(vault, kid, sealed) })
        .where(eq(signingKeys.kid, kid))
    return rows.length
  })
}

/** All keys, the newest first. */
export async function signingKeyStates({ db }: Pick<Database, 'db'>): Promise<SigningKeyState[]> {
  const rows = await db
    .select({ kid: signingKeys.kid, signsFrom: signingKeys.signsFrom, hasSigned, spent: isSpent })
    .from(signingKeys)
    .orderBy(desc(signingKeys.signsFrom))
  let follower: Date | undefined
  return rows.map(({ kid, signsFrom, hasSigned: begun, spent }) => {
    const followed = follower
    if (begun) follower = signsFrom
    const verifiesUntil = followed && new Date(followed.getTime() + (longestTokenS + noticeS) * 1_000)
    const state = !begun ? 'next' : !followed ? 'signing' : spent ? 'spent' : 'verifying'
    return { kid, state, signsFrom, verifiesUntil: verifiesUntil ?? null }
  })
}
