export type Frame = { type: string; bytes: Buffer }

/**
 * Cuts a connection's bytes into protocol messages. The first message of a connection has no type byte (`startup`).
 * Throws on a length that is impossible or above `maxBytes`.
 */
export function frameReader(maxBytes: number) {
  let chunks: Buffer[] = []
  let held = 0
  let started = false
  const take = (length: number): Buffer => {
    const all = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
    chunks = all.length > length ? [all.subarray(length)] : []
    held -= length
    return all.subarray(0, length)
  }
  const peek = (length: number): Buffer => {
    const first = chunks[0]
    if (first && first.length >= length) return first
    const all = Buffer.concat(chunks)
    chunks = [all]
    return all
  }
  /** The next whole message, or undefined until more bytes come. */
  const next = (): Frame | undefined => {
    const lengthAt = started ? 1 : 0
    if (held < lengthAt + 4) return undefined
    const head = peek(lengthAt + 4)
    const length = head.readInt32BE(lengthAt)
    if (length < 4 || length > (started ? maxBytes : 10_000)) throw new RangeError('a message of an impossible length')
    if (held < lengthAt + length) return undefined
    const bytes = take(lengthAt + length)
    return { type: started ? bytes.toString('latin1', 0, 1) : 'startup', bytes }
  }
  return {
    next,
    add(chunk: Buffer): void {
      chunks.push(chunk)
      held += chunk.length
    },
    /** From here on every message has its type byte. */
    endStartup(): void {
      started = true
    },
  }
}
