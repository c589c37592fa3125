import type { Redis } from 'ioredis'
import type { Unsubscribe } from './key-value.ts'

type Listener = (message: string) => void

/** Pub/sub on a connection of its own; ioredis subscribes again after a reconnection. One subscription serves all listeners of a channel. */
export function redisChannels(redis: Redis, prefix: string) {
  const listeners = new Map<string, Set<Listener>>()
  redis.on('error', () => {})
  redis.on('message', (channel: string, message: string) => {
    for (const listener of listeners.get(channel) ?? []) listener(message)
  })

  return {
    async subscribe(channel: string, listener: Listener): Promise<Unsubscribe> {
      const name = `${prefix}${channel}`
      // Each subscription is a listener of its own, even for the same function.
      const own: Listener = (message) => listener(message)
      const known = listeners.get(name) ?? new Set<Listener>()
      listeners.set(name, known.add(own))
      await redis.subscribe(name)
      return async () => {
        known.delete(own)
        if (known.size > 0 || listeners.get(name) !== known) return
        listeners.delete(name)
        if (redis.status !== 'end') await redis.unsubscribe(name).catch(() => {})
      }
    },
    async close(): Promise<void> {
      listeners.clear()
      redis.disconnect()
    },
  }
}
