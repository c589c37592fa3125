import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { VaultError } from './vault-error.ts'

const version = 'v1'
const nonceBytes = 12
const tagBytes = 16

/**
 * AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. Text form: `v1.<key id>.<base64url of nonce, ciphertext and tag>`.
 * `aad` and the key id are authenticated, not stored.
 */
export function sealText(key: Buffer, keyId: string, aad: string, text: string): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', keyObjectOf(key), nonce)
  cipher.setAAD(boundTo(keyId, aad))
  const bytes = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `${version}.${keyId}.${bytes.toString('base64url')}`
}

/** The id of the key a text is sealed under. */
export function keyIdOf(sealed: string): string {
  const [, keyId] = /^v1\.([A-Za-z0-9_-]{1,32})\.[A-Za-z0-9_-]+$/.exec(sealed) ?? []
  if (keyId === undefined) throw new VaultError('altered', 'not a sealed text')
  return keyId
}

/** Throws a VaultError 'altered' unless every bit of text, key id and `aad` is as it was sealed. */
export function openText(key: Buffer, aad: string, sealed: string): string {
  const keyId = keyIdOf(sealed)
  const encoded = sealed.slice(version.length + keyId.length + 2)
  const bytes = Buffer.from(encoded, 'base64url')
  // One text, one form: base64 decoding forgives stray bits, and a sealed text may not have two spellings.
  if (bytes.length < nonceBytes + tagBytes || bytes.toString('base64url') !== encoded)
    throw new VaultError('altered', 'the sealed text is damaged')
  const decipher = createDecipheriv('aes-256-gcm', keyObjectOf(key), bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  })
  decipher.setAAD(boundTo(keyId, aad))
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw new VaultError('altered', 'the sealed text is damaged, or belongs to another row', { cause })
  }
}

const keyObjects = new WeakMap<Buffer, KeyObject>()

/** Node takes four times as long to encrypt a short text when it is given the bytes of the key each time. */
function keyObjectOf(key: Buffer): KeyObject {
  const known = keyObjects.get(key)
  if (known) return known
  const made = createSecretKey(key)
  keyObjects.set(key, made)
  return made
}

function boundTo(keyId: string, aad: string): Buffer {
  return Buffer.from(`${version}|${keyId}|${aad}`, 'utf8')
}
