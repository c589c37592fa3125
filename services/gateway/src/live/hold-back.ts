export type Live = { text: string; type: string; seq: number | undefined }

const mostHeldBack = 2_000

/** Keeps what comes until `open`, and lets everything through from then on. */
export function holdBack(pass: (live: Live) => void) {
  let held: Live[] | undefined = []
  return {
    take(live: Live): void {
      if (!held) pass(live)
      else if (held.length < mostHeldBack) held.push(live)
    },
    /** Lets through what was kept, in the order it came; a delta from before the event `last` is told by that event. */
    open(last: number): void {
      const known = held?.findLastIndex(({ seq }) => seq !== undefined && seq <= last) ?? -1
      const waiting = held?.slice(known + 1) ?? []
      held = undefined
      waiting.forEach(pass)
    },
  }
}
