import { randomBytes } from 'node:crypto'

/** Keys of 32 bytes by id. New text is sealed under the current one; the older ones only open. */
export type KeyRing = { current: { id: string; key: Buffer }; find(id: string): Buffer | undefined }

const keyBytes = 32

/** Reads `id:base64` entries separated by commas, the current key first. Throws on a malformed entry, never quoting a key. */
export function parseKeyRing(text: string): KeyRing {
  const keys = new Map<string, Buffer>()
  for (const [position, entry] of text.split(',').entries()) {
    const [, id, encoded] = /^\s*([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/_-]+=*)\s*$/.exec(entry) ?? []
    if (id === undefined || encoded === undefined)
      throw new Error(`key ring: entry ${position + 1} is not of the form id:base64`)
    const key = Buffer.from(encoded, 'base64')
    if (key.length !== keyBytes)
      throw new Error(`key ring: the key ${id} has ${key.length} bytes instead of ${keyBytes}`)
    if (keys.has(id)) throw new Error(`key ring: the id ${id} stands twice`)
    keys.set(id, key)
  }
  const [current] = keys
  if (!current) throw new Error('key ring: it is empty')
  return { current: { id: current[0], key: current[1] }, find: (id) => keys.get(id) }
}

/** A ring with one fresh random key, in the form that `parseKeyRing` reads. */
export function newKeyRing(): string {
  return `k${Date.now().toString(36)}:${randomBytes(keyBytes).toString('base64')}`
}
