import { EventEmitter } from 'node:events'
import type { Bucket, KeyValue, Window } from './key-value.ts'

type Entry = { value: string; until: number }

const sweepEveryMs = 30_000

/** The store of a mesh in one process. Holds at most `maxKeys` (100,000) keys: beyond that the oldest go. */
export function inProcessKeyValue({
  now = Date.now,
  maxKeys = 100_000,
}: { now?: () => number; maxKeys?: number } = {}): KeyValue {
  const entries = new Map<string, Entry>()
  const channels = new EventEmitter().setMaxListeners(0)
  const sweeper = setInterval(sweep, sweepEveryMs)
  sweeper.unref()

  function sweep(): void {
    for (const [key, { until }] of entries) if (until <= now()) entries.delete(key)
  }

  function read(key: string): Entry | undefined {
    const entry = entries.get(key)
    if (entry && entry.until <= now()) {
      entries.delete(key)
      return undefined
    }
    return entry
  }

  function write(key: string, value: string, until: number): void {
    entries.set(key, { value, until })
    const [oldest] = entries.keys()
    if (entries.size > maxKeys && oldest !== undefined) entries.delete(oldest)
  }

  function hitWindow(
    key: string,
    { limit, windowMs, cost = 1 }: { limit: number; windowMs: number; cost?: number },
  ): Window {
    const entry = read(key)
    const before = Number(entry?.value ?? 0)
    const until = entry?.until ?? now() + windowMs
    const allowed = before + cost <= limit
    const count = allowed ? before + cost : before
    if (allowed) write(key, String(count), until)
    return { allowed, count, limit, remaining: Math.max(0, limit - count), resetMs: until - now() }
  }

  function hitBucket(
    key: string,
    { capacity, refillPerSecond, cost = 1 }: { capacity: number; refillPerSecond: number; cost?: number },
  ): Bucket {
    const [stored = String(capacity), at = String(now())] = read(key)?.value.split('|') ?? []
    const level = Math.min(capacity, Number(stored) + ((now() - Number(at)) / 1_000) * refillPerSecond)
    const allowed = level >= cost
    const left = allowed ? level - cost : level
    write(key, `${left}|${now()}`, now() + Math.ceil((capacity / refillPerSecond) * 1_000) + 1_000)
    return {
      allowed,
      remaining: Math.floor(left),
      retryAfterMs: allowed ? 0 : Math.ceil(((cost - level) / refillPerSecond) * 1_000),
    }
  }

  function add(key: string, by: 1 | -1, ttlMs: number): number {
    const entry = read(key)
    const count = Math.max(0, Number(entry?.value ?? 0) + by)
    if (entry || by === 1) write(key, String(count), entry?.until ?? now() + ttlMs)
    return count
  }

  return {
    get: async (key) => read(key)?.value,
    getMany: async (keys) => keys.map((key) => read(key)?.value),
    set: async (key, value, { ttlMs }) => {
      entries.delete(key)
      write(key, value, now() + ttlMs)
    },
    setIfAbsent: async (key, value, { ttlMs }) => {
      if (read(key)) return false
      write(key, value, now() + ttlMs)
      return true
    },
    take: async (key) => {
      const entry = read(key)
      entries.delete(key)
      return entry?.value
    },
    delete: async (key) => void entries.delete(key),
    fixedWindow: async (key, rule) => hitWindow(key, rule),
    tokenBucket: async (key, rule) => hitBucket(key, rule),
    counterUp: async (key, { ttlMs }) => add(key, 1, ttlMs),
    counterDown: async (key) => add(key, -1, 0),
    publish: async (channel, message) => void channels.emit(`on:${channel}`, message),
    async subscribe(channel, listener) {
      channels.on(`on:${channel}`, listener)
      return async () => void channels.off(`on:${channel}`, listener)
    },
    ping: async () => {},
    async close() {
      clearInterval(sweeper)
      channels.removeAllListeners()
      entries.clear()
    },
  }
}
