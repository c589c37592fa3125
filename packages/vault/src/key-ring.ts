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

const lookEveryMs = 1_000

/**
 * A ring that may change while it is in use: `read` is asked again at most once a second, and at once for a key that is not known.
 * So a process learns a new key from another's first text under it. While `read` throws, or gives no ring, the last one stays.
 * Throws like `parseKeyRing` where the first text is none.
 */
export function followedKeyRing(read: () => string, now: () => number = Date.now): KeyRing {
  let text = read()
  let ring = parseKeyRing(text)
  let lookedAt = now()
  const look = () => {
    lookedAt = now()
    try {
      const fresh = read()
      if (fresh === text) return
      ring = parseKeyRing(fresh)
      text = fresh
    } catch {
      // Whoever writes it is about to, or has made a mistake: what was read before still opens what was sealed before.
    }
  }
  return {
    get current() {
      if (now() >= lookedAt + lookEveryMs) look()
      return ring.current
    },
    find(id) {
      if (now() >= lookedAt + lookEveryMs || !ring.find(id)) look()
      return ring.find(id)
    },
  }
}

/** The ids of a ring's keys, the current one first. Throws like `parseKeyRing`. */
export function keyIds(text: string): string[] {
  parseKeyRing(text)
  return text.split(',').map((entry) => entry.trim().split(':')[0] ?? '')
}

/** A ring with one fresh random key, in the form that `parseKeyRing` reads. */
export function newKeyRing(): string {
  return `k${Date.now().toString(36)}:${randomBytes(keyBytes).toString('base64')}`
}
