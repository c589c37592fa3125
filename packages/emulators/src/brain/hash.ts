/** A number in [0, 1) that depends on nothing but the text (FNV-1a with the finaliser of MurmurHash3). */
export function hash(text: string): number {
  let state = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193)
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35)
  return ((state ^ (state >>> 16)) >>> 0) / 0x1_0000_0000
}

/** One of the items, always the same for the same key. */
export function pick<Item>(items: readonly [Item, ...Item[]], key: string): Item {
  return items[Math.floor(hash(key) * items.length)] ?? items[0]
}
