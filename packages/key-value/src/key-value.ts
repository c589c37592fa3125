export type Window = { allowed: boolean; count: number; limit: number; remaining: number; resetMs: number }
export type Bucket = { allowed: boolean; remaining: number; retryAfterMs: number }
export type WindowRule = { limit: number; windowMs: number; cost?: number }
export type BucketRule = { capacity: number; refillPerSecond: number; cost?: number }
export type Unsubscribe = () => Promise<void>

/** Counters, a denylist, short-lived values and live fan-out. Every key expires; nothing here is a system of record. */
export type KeyValue = {
  get(key: string): Promise<string | undefined>
  /** One round trip, answers in the order of the keys. */
  getMany(keys: readonly string[]): Promise<(string | undefined)[]>
  set(key: string, value: string, o: { ttlMs: number }): Promise<void>
  /** True for exactly one of many callers while the key lives. */
  setIfAbsent(key: string, value: string, o: { ttlMs: number }): Promise<boolean>
  /** Gets and deletes in one step: a value is taken once. */
  take(key: string): Promise<string | undefined>
  delete(key: string): Promise<void>
  /** Counts a hit in a window that starts with the first one; a refused hit is not counted. */
  fixedWindow(key: string, o: WindowRule): Promise<Window>
  /** Takes `cost` (1) tokens from a bucket that starts full; a refused hit takes none. */
  tokenBucket(key: string, o: BucketRule): Promise<Bucket>
  /** Adds one; the time to live starts with the first. Gives the new count. */
  counterUp(key: string, o: { ttlMs: number }): Promise<number>
  /** Takes one away, never below zero. Gives the new count. */
  counterDown(key: string): Promise<number>
  /** Tells every subscriber of the channel, in every process, who listens now; nobody else ever. */
  publish(channel: string, message: string): Promise<void>
  /** Messages of one publisher come in their order. */
  subscribe(channel: string, listener: (message: string) => void): Promise<Unsubscribe>
  /** Rejects when the store cannot be reached. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** What an adapter needs of a logger; pino's satisfies it. */
export type KeyValueLog = { warn(details: object, message: string): void }
