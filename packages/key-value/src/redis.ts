import { Redis } from 'ioredis'
import type { KeyValue, KeyValueLog } from './key-value.ts'
import { scripts } from './lua.ts'
import { redisChannels } from './redis-channels.ts'
import { wholeMs } from './whole-ms.ts'

type Options = { url: string; prefix?: string; logger?: KeyValueLog; commandTimeoutMs?: number }

/** The store in Redis. While Redis is away commands fail within `commandTimeoutMs` (2,000) rather than wait; it reconnects by itself. */
export function redisKeyValue({ url, prefix = 'concord:', logger, commandTimeoutMs = 2_000 }: Options): KeyValue {
  const settings = {
    commandTimeout: commandTimeoutMs,
    connectTimeout: commandTimeoutMs,
    maxRetriesPerRequest: 1,
    retryStrategy: (attempt: number) => Math.min(2_000, 50 * 2 ** Math.min(attempt, 6)),
  }
  const redis = new DiscreetRedis(url, settings)
  const subscriber = new DiscreetRedis(url, { ...settings, maxRetriesPerRequest: null })
  const channels = redisChannels({
    redis: subscriber,
    prefix,
    onError: (error, channel) => logger?.warn({ reason: String(error), channel }, 'a listener failed'),
  })
  // Without a listener a broken connection would end the process; what it means to a caller is told by each command.
  for (const connection of [redis, subscriber])
    connection.on('error', (error) => logger?.warn({ reason: error.message }, 'the connection to Redis broke'))

  const keyed = (key: string) => `${prefix}${key}`
  const run = (name: keyof typeof scripts, key: string, ...args: number[]): Promise<unknown> =>
    redis.eval(scripts[name], 1, keyed(key), ...args)

  return {
    get: async (key) => (await redis.get(keyed(key))) ?? undefined,
    getMany: async (keys) =>
      keys.length === 0 ? [] : (await redis.mget(keys.map(keyed))).map((value) => value ?? undefined),
    set: async (key, value, { ttlMs }) => void (await redis.set(keyed(key), value, 'PX', wholeMs(ttlMs))),
    setIfAbsent: async (key, value, { ttlMs }) =>
      (await redis.set(keyed(key), value, 'PX', wholeMs(ttlMs), 'NX')) === 'OK',
    take: async (key) => (await redis.getdel(keyed(key))) ?? undefined,
    delete: async (key) => void (await redis.del(keyed(key))),
    async fixedWindow(key, { limit, windowMs, cost = 1 }) {
      const [allowed, count, resetMs] = numbers(await run('fixedWindow', key, limit, wholeMs(windowMs), cost))
      return { allowed: allowed === 1, count, limit, remaining: Math.max(0, limit - count), resetMs }
    },
    async tokenBucket(key, { capacity, refillPerSecond, cost = 1 }) {
      const [allowed, level, retryAfterMs] = numbers(await run('tokenBucket', key, capacity, refillPerSecond, cost))
      return { allowed: allowed === 1, remaining: Math.floor(level), retryAfterMs }
    },
    counterUp: async (key, { ttlMs }) => Number(await run('counterUp', key, wholeMs(ttlMs))),
    counterDown: async (key) => Number(await run('counterDown', key)),
    publish: async (channel, message) => void (await redis.publish(keyed(channel), message)),
    subscribe: (channel, listener) => channels.subscribe(channel, listener),
    ping: async () => void (await redis.ping()),
    async close() {
      channels.close()
      redis.disconnect()
    },
  }
}

/** ioredis hangs the command with its arguments, values among them, on the error of its refusal. */
class DiscreetRedis extends Redis {
  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    const answer = super.sendCommand(...args)
    const [command] = args
    command.promise.catch((error: unknown) => {
      if (error instanceof Error) Reflect.deleteProperty(error, 'command')
    })
    return answer
  }
}

function numbers(answer: unknown): [number, number, number] {
  const [first, second, third] = Array.isArray(answer) ? answer : []
  return [Number(first), Number(second), Number(third)]
}
