import type { Vault } from '@concord/vault/vault'
import { calculateJwkThumbprint, createLocalJWKSet, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose'
import type { CryptoKey, JWK, JWTVerifyGetKey } from 'jose'
import { tokenAudience } from '@concord/service-kit/token'
import { uuidv7 } from 'uuidv7'
import type { Signer } from '../ports.ts'

/** No token lives longer than this, whatever is set. */
export const longestTokenS = 3_600
/** How long replicas may take to notice a key, and clocks may differ. */
export const noticeS = 120

export type StoredSigningKey = { kid: string; publicJwk: JWK; sealedPrivateJwk: string }

export type SigningKeyStore = {
  /**
   * The keys that verify, the one that signs first; among the others may be one that is to sign soon. Stores and gives
   * `create()`'s key where there is none, one for all replicas.
   */
  loadOrCreate(create: () => Promise<StoredSigningKey>): Promise<[StoredSigningKey, ...StoredSigningKey[]]>
}

export type Seal = Pick<Vault, 'seal' | 'open'>

export type SigningKeys = {
  signer: Signer
  publicKeys: () => { keys: JWK[] }
  verificationKeys: JWTVerifyGetKey
  /** Looks which keys there are now. */
  refresh: () => Promise<void>
}

/** Opens the key set: ES256 keys, the private halves sealed under the vault's ring. */
export async function openSigningKeys(store: SigningKeyStore, vault: Seal, issuer: string): Promise<SigningKeys> {
  let current = await load()

  async function load(known?: { kid: string; key: CryptoKey | Uint8Array }) {
    const stored = await store.loadOrCreate(() => createSigningKey(vault))
    const [{ kid, sealedPrivateJwk }] = stored
    const publicKeys = { keys: stored.map(({ publicJwk }) => publicJwk) }
    const key = known?.kid === kid ? known.key : await openPrivateKey(vault, kid, sealedPrivateJwk)
    return { kid, key, publicKeys, verify: createLocalJWKSet(publicKeys) }
  }

  return {
    signer: {
      sign: (claims, ttlS) =>
        new SignJWT({ ...claims })
          .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: current.kid })
          .setIssuer(issuer)
          .setAudience(tokenAudience)
          .setJti(uuidv7())
          .setIssuedAt()
          .setExpirationTime(`${ttlS}s`)
          .sign(current.key),
    },
    publicKeys: () => current.publicKeys,
    verificationKeys: (header, token) => current.verify(header, token),
    async refresh() {
      current = await load(current)
    },
  }
}

export async function createSigningKey(vault: Seal): Promise<StoredSigningKey> {
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

/** The same private key under the ring's current key. */
export function resealed(vault: Seal, kid: string, sealedPrivateJwk: string): string {
  return vault.seal({ aad: aadOf(kid), text: vault.open({ aad: aadOf(kid), sealed: sealedPrivateJwk }) })
}

async function openPrivateKey(vault: Seal, kid: string, sealed: string): Promise<CryptoKey | Uint8Array> {
  const jwk: JWK = JSON.parse(vault.open({ aad: aadOf(kid), sealed }))
  return importJWK(jwk, 'ES256')
}

function aadOf(kid: string): string {
  return `signing_keys|${kid}|private`
}
