type Options<Value> = {
  /** At most a minute: what is remembered here has no other way to be forgotten. */
  ttlMs: number
  max: number
  load: (key: string) => Promise<Value | undefined>
}

/** Remembers what was loaded, per process, for at most 60 s; concurrent readers of a key share one load. Failures and absence are not kept. */
export function readCache<Value>({ ttlMs, max, load }: Options<Value>): {
  get(key: string): Promise<Value | undefined>
  forget(key: string): void
} {
  if (ttlMs > 60_000) throw new RangeError('a read cache keeps for 60 s at most')
  const kept = new Map<string, { value: Promise<Value | undefined>; until: number }>()

  return {
    async get(key) {
      const found = kept.get(key)
      if (found && found.until > performance.now()) return found.value
      const value = load(key)
      const entry = { value, until: performance.now() + ttlMs }
      kept.delete(key)
      kept.set(key, entry)
      const [oldest] = kept.keys()
      if (kept.size > max && oldest !== undefined) kept.delete(oldest)
      const drop = () => {
        if (kept.get(key) === entry) kept.delete(key)
      }
      value.then((loaded) => loaded === undefined && drop(), drop)
      return value
    },
    forget: (key) => void kept.delete(key),
  }
}
