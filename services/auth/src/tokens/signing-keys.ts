import type { Vault } from '@concord/vault/vault'
import { calculateJwkThumbprint, createLocalJWKSet, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose'
import type { JWK } from 'jose'
import { tokenAudience } from '@concord/service-kit/token'
import { uuidv7 } from 'uuidv7'
import type { Signer } from '../ports.ts'

export type StoredSigningKey = { kid: string; publicJwk: JWK; sealedPrivateJwk: string }

/** The newest key signs, all of them verify. */
export type SigningKeyStore = {
  /** Newest first; stores and gives `create()`'s key where there is none, one for all replicas. */
  loadOrCreate(create: () => Promise<StoredSigningKey>): Promise<[StoredSigningKey, ...StoredSigningKey[]]>
}

type Seal = Pick<Vault, 'seal' | 'open'>

/** Opens the key set: ES256 keys, the private halves sealed under the vault's ring. */
export async function openSigningKeys(store: SigningKeyStore, vault: Seal, issuer: string) {
  const stored = await store.loadOrCreate(() => createSigningKey(vault))
  const [{ kid, sealedPrivateJwk }] = stored
  const privateJwk: JWK = JSON.parse(vault.open({ aad: aadOf(kid), sealed: sealedPrivateJwk }))
  const key = await importJWK(privateJwk, 'ES256')
  const publicKeys = { keys: stored.map(({ publicJwk }) => publicJwk) }

  const signer: Signer = {
    sign: (claims, ttlS) =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
        .setIssuer(issuer)
        .setAudience(tokenAudience)
        .setJti(uuidv7())
        .setIssuedAt()
        .setExpirationTime(`${ttlS}s`)
        .sign(key),
  }
  return { signer, publicKeys, verificationKeys: createLocalJWKSet(publicKeys) }
}

async function createSigningKey(vault: Seal): Promise<StoredSigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  const privateJwk = JSON.stringify(await exportJWK(privateKey))
  return {
    kid,
    publicJwk: { ...jwk, kid, alg: 'ES256', use: 'sig' },
    sealedPrivateJwk: vault.seal({ aad: aadOf(kid), text: privateJwk }),
  }
}

function aadOf(kid: string): string {
  return `signing_keys|${kid}|private`
}
