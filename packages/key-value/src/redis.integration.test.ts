import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, inject, test } from 'vitest'
import { patiently } from '@concord/testing/patience'
import { describeKeyValue } from '../test/key-value.contract.ts'
import { startProxy } from '../test/proxy.ts'
import { redisKeyValue } from './redis.ts'

const open = (url = inject('servers').redisUrl, prefix = `test-${randomUUID()}:`) =>
  redisKeyValue({ url, prefix, commandTimeoutMs: 500 })

describeKeyValue('in Redis', async () => {
  const prefix = `test-${randomUUID()}:`
  const [first, second] = [open(undefined, prefix), open(undefined, prefix)]
  return {
    first,
    second,
    pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    close: async () => void (await Promise.all([first.close(), second.close()])),
  }
})

describe('the key-value store when Redis is in trouble', () => {
  test('keeps apart what has another prefix', async () => {
    const [one, two] = [open(), open()]
    await one.set('key', 'x', { ttlMs: 10_000 })

    expect(await two.get('key')).toBeUndefined()
    await Promise.all([one.close(), two.close()])
  })

  test('rejects when nobody listens, and tells no password', async () => {
    const store = open('redis://:hunter2@127.0.0.1:1')

    const errors: unknown[] = await Promise.all([
      store.get('a').catch((error) => error),
      store.fixedWindow('a', { limit: 1, windowMs: 1_000 }).catch((error) => error),
      store.subscribe('a', () => {}).catch((error) => error),
      store.ping().catch((error) => error),
    ])

    expect(errors.every((error) => error instanceof Error)).toBe(true)
    expect(inspect(errors, { depth: 10 })).not.toContain('hunter2')
    await store.close()
  })

  test('tells no value in an error of Redis', async () => {
    const store = open()
    await store.tokenBucket('bucket', { capacity: 1, refillPerSecond: 1 })

    const error: unknown = await store.fixedWindow('bucket', { limit: 1, windowMs: 987_654 }).catch((reason) => reason)

    expect(error).toBeInstanceOf(Error)
    expect(inspect(error, { depth: 10 })).not.toContain('987654')
    await store.close()
  })

  test('rejects while Redis says nothing, and answers again afterwards', async () => {
    const proxy = await startProxy(inject('servers').redisUrl)
    const store = open(proxy.url)
    await store.ping()
    proxy.hold()
    await expect(store.get('key')).rejects.toThrow('timed out')
    proxy.release()
    proxy.cut()

    await expect.poll(() => store.set('key', 'x', { ttlMs: 10_000 }).then(() => store.get('key')), patiently).toBe('x')
    await store.close()
    await proxy.close()
  })

  test('hears its channels again after the connection was cut', async () => {
    const proxy = await startProxy(inject('servers').redisUrl)
    const prefix = `test-${randomUUID()}:`
    const [store, other] = [open(proxy.url, prefix), open(undefined, prefix)]
    const heard: string[] = []
    await store.subscribe('live', (message) => heard.push(message))
    proxy.cut()

    const hear = async (): Promise<number> => {
      await other.publish('live', 'again')
      return heard.length
    }
    await expect.poll(hear, patiently).toBeGreaterThan(0)
    await Promise.all([store.close(), other.close()])
    await proxy.close()
  })
})
