export type Numbered = { text: string; type: string; seq: number }

const mostHeldBack = 2_000

/** Puts numbered events into their order, each once: what comes too early is held back until the gap before it is filled. */
export function inOrder(after: number, deliver: (event: Numbered) => void) {
  let last = after
  let early: Numbered[] = []

  /** True when everything up to this event is delivered; false when events before it are missing. */
  function offer(event: Numbered): boolean {
    if (event.seq <= last) return true
    if (event.seq === last + 1) {
      last = event.seq
      deliver(event)
      return true
    }
    if (early.length < mostHeldBack) early.push(event)
    return false
  }

  return {
    offer,
    /** Offers a stretch of history, then what was held back; false when a gap is left. */
    refill(stretch: readonly Numbered[]): boolean {
      const waiting = early.toSorted((a, b) => a.seq - b.seq)
      early = []
      return [...stretch, ...waiting].map(offer).every(Boolean)
    },
    last: () => last,
  }
}
