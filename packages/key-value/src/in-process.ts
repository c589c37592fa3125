import { channelListeners } from './channel-listeners.ts'
import { boundedEntries } from './bounded-entries.ts'
import type { Entries } from './bounded-entries.ts'
import type { Bucket, BucketRule, KeyValue, KeyValueLog, Window, WindowRule } from './key-value.ts'
import { wholeMs } from './whole-ms.ts'

/**
 * The store of a mesh in one process. Holds at most `maxKeys` (100,000) keys: beyond that those that have expired go, and
 * then the oldest.
 */
export function inProcessKeyValue({
  now = Date.now,
  maxKeys = 100_000,
  logger,
}: { now?: () => number; maxKeys?: number; logger?: KeyValueLog } = {}): KeyValue {
  const entries = boundedEntries({ now, maxKeys })
  const listeners = channelListeners((error, channel) =>
    logger?.warn({ reason: String(error), channel }, 'a listener failed'),
  )
  return {
    get: async (key) => entries.read(key)?.value,
    getMany: async (keys) => keys.map((key) => entries.read(key)?.value),
    set: async (key, value, { ttlMs }) => entries.write(key, value, now() + wholeMs(ttlMs)),
    setIfAbsent: async (key, value, { ttlMs }) => {
      if (entries.read(key)) return false
      entries.write(key, value, now() + wholeMs(ttlMs))
      return true
    },
    take: async (key) => {
      const entry = entries.read(key)
      entries.remove(key)
      return entry?.value
    },
    delete: async (key) => entries.remove(key),
    fixedWindow: async (key, rule) => hitWindow(entries, now(), key, rule),
    tokenBucket: async (key, rule) => hitBucket(entries, now(), key, rule),
    counterUp: async (key, { ttlMs }) => {
      const entry = entries.read(key)
      const count = Number(entry?.value ?? 0) + 1
      entries.write(key, String(count), entry?.until ?? now() + wholeMs(ttlMs))
      return count
    },
    counterDown: async (key) => {
      const entry = entries.read(key)
      const count = Math.max(0, Number(entry?.value ?? 0) - 1)
      if (entry) entries.write(key, String(count), entry.until)
      return count
    },
    // Later, as over a network: a listener never runs inside the publisher's own step.
    publish: async (channel, message) => queueMicrotask(() => listeners.deliver(channel, message)),
    subscribe: async (channel, listener) => {
      const own = listeners.add(channel, listener)
      return async () => void own.remove()
    },
    ping: async () => {},
    close: async () => {
      entries.close()
      listeners.clear()
    },
  }
}

function hitWindow(entries: Entries, now: number, key: string, { limit, windowMs, cost = 1 }: WindowRule): Window {
  const entry = entries.read(key)
  const before = Number(entry?.value ?? 0)
  const until = entry?.until ?? now + wholeMs(windowMs)
  const allowed = before + cost <= limit
  const count = allowed ? before + cost : before
  if (allowed) entries.write(key, String(count), until)
  return { allowed, count, limit, remaining: Math.max(0, limit - count), resetMs: until - now }
}

function hitBucket(entries: Entries, now: number, key: string, rule: BucketRule): Bucket {
  const { capacity, refillPerSecond, cost = 1 } = rule
  const [stored = String(capacity), at = String(now)] = entries.read(key)?.value.split('|') ?? []
  const level = Math.min(capacity, Number(stored) + ((now - Number(at)) / 1_000) * refillPerSecond)
  const allowed = level >= cost
  const left = allowed ? level - cost : level
  entries.write(key, `${left}|${now}`, now + wholeMs((capacity / refillPerSecond) * 1_000) + 1_000)
  return {
    allowed,
    remaining: Math.floor(left),
    retryAfterMs: allowed ? 0 : Math.ceil(((cost - level) / refillPerSecond) * 1_000),
  }
}
