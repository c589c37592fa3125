import { afterEach, expect, test, vi } from 'vitest'
import { readCache } from './read-cache.ts'

afterEach(() => {
  vi.useRealTimers()
})

function countingLoads(answers: Record<string, string> = { a: 'A', b: 'B', c: 'C' }) {
  const loads: string[] = []
  const load = async (key: string): Promise<string | undefined> => {
    loads.push(key)
    await Promise.resolve()
    return answers[key]
  }
  return { loads, load }
}

test('loads once for all who ask at the same time, and for those who come within the time', async () => {
  const { loads, load } = countingLoads()
  const cache = readCache({ ttlMs: 60_000, max: 10, load })

  expect(await Promise.all([cache.get('a'), cache.get('a'), cache.get('a')])).toEqual(['A', 'A', 'A'])
  expect(await cache.get('a')).toBe('A')
  expect(loads).toEqual(['a'])
})

test('loads again after its time', async () => {
  vi.useFakeTimers()
  const { loads, load } = countingLoads()
  const cache = readCache({ ttlMs: 1_000, max: 10, load })
  await cache.get('a')
  vi.advanceTimersByTime(1_000)
  await cache.get('a')

  expect(loads).toEqual(['a', 'a'])
})

test('keeps neither a failure nor an absence', async () => {
  let works = false
  const cache = readCache({
    ttlMs: 60_000,
    max: 10,
    load: async (key) => {
      if (!works && key === 'fails') throw new Error('down')
      return works ? 'there' : undefined
    },
  })
  await expect(cache.get('fails')).rejects.toThrow('down')
  expect(await cache.get('absent')).toBeUndefined()
  works = true

  expect(await cache.get('fails')).toBe('there')
  expect(await cache.get('absent')).toBe('there')
})

test('lets the oldest go beyond its size, and any at a word', async () => {
  const { loads, load } = countingLoads()
  const cache = readCache({ ttlMs: 60_000, max: 2, load })
  for (const key of ['a', 'b', 'c', 'b', 'a']) await cache.get(key)
  expect(loads).toEqual(['a', 'b', 'c', 'a'])
  cache.forget('a')
  await cache.get('a')

  expect(loads).toEqual(['a', 'b', 'c', 'a', 'a'])
})

test('refuses to keep for more than a minute', () => {
  expect(() => readCache({ ttlMs: 60_001, max: 1, load: async () => 'x' })).toThrow('60 s')
})
