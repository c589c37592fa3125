export type Entry = { value: string; until: number }
export type Entries = ReturnType<typeof boundedEntries>

const sweepEveryMs = 30_000

/** Values until their time, at most `maxKeys`. What has expired is not seen, and is swept away now and then. */
export function boundedEntries({ now, maxKeys }: { now: () => number; maxKeys: number }) {
  const entries = new Map<string, Entry>()
  const sweeper = setInterval(sweep, sweepEveryMs)
  sweeper.unref()

  function sweep(): void {
    for (const [key, { until }] of entries) if (until <= now()) entries.delete(key)
  }

  /** A tenth at a time, so that a store that stays full does not sweep at every write. */
  function makeRoom(): void {
    sweep()
    let surplus = entries.size - Math.ceil(maxKeys * 0.9)
    for (const key of entries.keys()) {
      if (surplus-- <= 0) return
      entries.delete(key)
    }
  }

  return {
    read(key: string): Entry | undefined {
      const entry = entries.get(key)
      if (!entry || entry.until > now()) return entry
      entries.delete(key)
      return undefined
    },
    /** The key counts as new, and so is among the last to go. */
    write(key: string, value: string, until: number): void {
      entries.delete(key)
      if (entries.size >= maxKeys) makeRoom()
      entries.set(key, { value, until })
    },
    remove: (key: string): void => void entries.delete(key),
    size: (): number => entries.size,
    close(): void {
      clearInterval(sweeper)
      entries.clear()
    },
  }
}
