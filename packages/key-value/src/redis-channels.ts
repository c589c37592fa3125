import type { Redis } from 'ioredis'
import { channelListeners } from './channel-listeners.ts'
import type { Unsubscribe } from './key-value.ts'

type Options = { redis: Redis; prefix: string; onError: (error: unknown, channel: string) => void }

/** Pub/sub on a connection of its own, which subscribes again after it was lost. One subscription serves all listeners of a channel. */
export function redisChannels({ redis, prefix, onError }: Options) {
  const listeners = channelListeners(onError)
  redis.on('message', (channel: string, message: string) => listeners.deliver(channel, message))

  async function leave(channel: string): Promise<void> {
    // Nobody listens any more, whether Redis hears of it now or not.
    if (redis.status !== 'end') await redis.unsubscribe(channel).catch(() => {})
  }

  return {
    async subscribe(channel: string, listener: (message: string) => void): Promise<Unsubscribe> {
      const name = `${prefix}${channel}`
      const own = listeners.add(name, listener)
      const unsubscribe = async (): Promise<void> => {
        if (own.remove()) await leave(name)
      }
      try {
        await redis.subscribe(name)
      } catch (error) {
        void unsubscribe()
        throw error
      }
      return unsubscribe
    },
    close(): void {
      listeners.clear()
      redis.disconnect()
    },
  }
}
