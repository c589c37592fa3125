import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KeyValue } from '../src/key-value.ts'

/** Two handles on one store, as two replicas have them; `pass` lets time go by for it. */
export type Opened = { first: KeyValue; second: KeyValue; pass(ms: number): Promise<void>; close(): Promise<void> }

/** What every key-value store promises to the services. */
export function describeKeyValue(name: string, open: () => Promise<Opened>): void {
  describe(`the key-value store ${name}`, () => {
    let opened: Opened
    let store: KeyValue
    let other: KeyValue
    let keys = 0

    beforeAll(async () => {
      opened = await open()
      store = opened.first
      other = opened.second
    })

    afterAll(() => opened.close())

    const aKey = (): string => `key-${++keys}`
    const either = (index: number): KeyValue => (index % 2 === 0 ? store : other)
    const atOnce = <Answer>(
      count: number,
      ask: (store: KeyValue, index: number) => Promise<Answer>,
    ): Promise<Answer[]> => Promise.all(Array.from({ length: count }, (_, index) => ask(either(index), index)))

    test('gives every replica what was set last, until it is deleted', async () => {
      const key = aKey()
      await store.set(key, 'one', { ttlMs: 60_000 })
      await store.set(key, 'zwei ☂', { ttlMs: 60_000 })

      expect(await other.get(key)).toBe('zwei ☂')
      await other.delete(key)
      expect(await store.get(key)).toBeUndefined()
    })

    test('tells an empty text from nothing', async () => {
      const key = aKey()
      await store.set(key, '', { ttlMs: 60_000 })

      expect(await store.get(key)).toBe('')
      expect(await store.take(key)).toBe('')
      expect(await store.take(key)).toBeUndefined()
    })

    test('gives many values in the order of their keys', async () => {
      const [a, b] = [aKey(), aKey()]
      await store.set(a, 'a', { ttlMs: 60_000 })
      await store.set(b, 'b', { ttlMs: 60_000 })

      expect(await other.getMany([b, aKey(), a])).toEqual(['b', undefined, 'a'])
      expect(await other.getMany([])).toEqual([])
    })

    test('forgets a value at the end of its time, and a later set gives it a new time', async () => {
      const [short, renewed] = [aKey(), aKey()]
      await store.set(short, 'x', { ttlMs: 100 })
      await store.set(renewed, 'x', { ttlMs: 100 })
      await store.set(renewed, 'y', { ttlMs: 60_000 })
      await opened.pass(150)

      expect(await other.getMany([short, renewed])).toEqual([undefined, 'y'])
      expect(await store.setIfAbsent(short, 'z', { ttlMs: 60_000 })).toBe(true)
    })

    test('refuses a time that has no end', async () => {
      await expect(store.set(aKey(), 'x', { ttlMs: Number.NaN })).rejects.toThrow('time to live')
      await expect(store.setIfAbsent(aKey(), 'x', { ttlMs: Infinity })).rejects.toThrow('time to live')
    })

    test('lets one of 20 set what is absent', async () => {
      const key = aKey()
      const won = await atOnce(20, (each, index) => each.setIfAbsent(key, String(index), { ttlMs: 60_000 }))

      expect(won.filter(Boolean)).toHaveLength(1)
      expect(await store.get(key)).toBe(String(won.indexOf(true)))
    })

    test('lets one of 20 take a value', async () => {
      const key = aKey()
      await store.set(key, 'ticket', { ttlMs: 60_000 })
      const taken = await atOnce(20, (each) => each.take(key))

      expect(taken.filter((value) => value !== undefined)).toEqual(['ticket'])
    })

    test('lets exactly 10 of 50 simultaneous hits through a window of 10', async () => {
      const key = aKey()
      const hits = await atOnce(50, (each) => each.fixedWindow(key, { limit: 10, windowMs: 60_000 }))
      const allowed = hits.filter((hit) => hit.allowed)

      expect(allowed.map(({ count }) => count).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      expect(hits.filter((hit) => !hit.allowed).every(({ remaining, count }) => remaining === 0 && count === 10)).toBe(
        true,
      )
    })

    test('does not count refused hits, nor a cost that does not fit', async () => {
      const [key, rule] = [aKey(), { limit: 5, windowMs: 60_000 }]

      expect(await store.fixedWindow(key, { ...rule, cost: 4 })).toMatchObject({
        allowed: true,
        count: 4,
        remaining: 1,
      })
      expect(await store.fixedWindow(key, { ...rule, cost: 2 })).toMatchObject({
        allowed: false,
        count: 4,
        remaining: 1,
      })
      expect(await store.fixedWindow(key, rule)).toMatchObject({ allowed: true, count: 5, limit: 5, remaining: 0 })
    })

    test('opens a new window when the first one has passed, which hits do not prolong', async () => {
      const [key, rule] = [aKey(), { limit: 2, windowMs: 300 }]
      const first = await store.fixedWindow(key, rule)
      await opened.pass(100)
      const second = await store.fixedWindow(key, rule)
      await opened.pass(250)

      expect(first.resetMs).toBeGreaterThan(second.resetMs)
      expect(second.resetMs).toBeGreaterThan(0)
      expect(await store.fixedWindow(key, rule)).toMatchObject({ allowed: true, count: 1 })
    })

    test('allows a bucket’s capacity at once, says when there is more, and refills no further than the brim', async () => {
      const [key, rule] = [aKey(), { capacity: 5, refillPerSecond: 10 }]
      const hits = await atOnce(20, (each) => each.tokenBucket(key, { ...rule, refillPerSecond: 0.01 }))
      expect(hits.filter(({ allowed }) => allowed)).toHaveLength(5)
      const refused = await store.tokenBucket(key, rule)
      expect(refused.allowed).toBe(false)
      expect(refused.retryAfterMs).toBeGreaterThan(0)
      expect(refused.retryAfterMs).toBeLessThanOrEqual(100)

      await opened.pass(1_000)
      expect(await store.tokenBucket(key, { ...rule, cost: 5 })).toMatchObject({
        allowed: true,
        remaining: 0,
        retryAfterMs: 0,
      })
    })

    test('counts up and down together, never below zero, until its time is over', async () => {
      const key = aKey()
      const ups = await atOnce(10, (each) => each.counterUp(key, { ttlMs: 60_000 }))
      expect(Math.max(...ups)).toBe(10)
      const downs = await atOnce(12, (each) => each.counterDown(key))
      expect(Math.min(...downs)).toBe(0)
      expect(await store.counterUp(key, { ttlMs: 60_000 })).toBe(1)

      const brief = aKey()
      await store.counterUp(brief, { ttlMs: 100 })
      await opened.pass(150)
      expect(await store.counterDown(brief)).toBe(0)
      expect(await store.counterUp(brief, { ttlMs: 60_000 })).toBe(1)
    })

    test('tells every listener of a channel, in the order of publishing, and no other', async () => {
      const [mine, theirs, elsewhere]: [string[], string[], string[]] = [[], [], []]
      await store.subscribe('news', (message) => mine.push(message))
      await other.subscribe('news', (message) => theirs.push(message))
      await other.subscribe('weather', (message) => elsewhere.push(message))
      const sent = Array.from({ length: 100 }, (_, index) => String(index))
      for (const message of sent) void store.publish('news', message)

      await expect.poll(() => [mine.length, theirs.length]).toEqual([100, 100])
      expect([mine, theirs, elsewhere]).toEqual([sent, sent, []])
    })

    test('tells a listener nothing once it has unsubscribed, and the others still', async () => {
      const heard: string[] = []
      const listener = (message: string): void => void heard.push(message)
      const leave = await store.subscribe('leaving', listener)
      await store.subscribe('leaving', listener)
      await other.publish('leaving', 'both')
      await expect.poll(() => heard).toEqual(['both', 'both'])
      await leave()
      await leave()
      await other.publish('leaving', 'one')

      await expect.poll(() => heard).toEqual(['both', 'both', 'one'])
    })

    test('tells the others when a listener throws', async () => {
      const heard: string[] = []
      await store.subscribe('trouble', () => {
        throw new Error('a broken listener')
      })
      await store.subscribe('trouble', (message) => heard.push(message))
      await other.publish('trouble', 'hello')

      await expect.poll(() => heard).toEqual(['hello'])
    })

    test('may be closed twice', async () => {
      const { first, close } = await open()
      await first.ping()
      await first.close()

      await expect(first.close()).resolves.toBeUndefined()
      await close()
    })
  })
}
