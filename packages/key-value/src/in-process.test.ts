import { describe, expect, test } from 'vitest'
import { describeKeyValue } from '../test/key-value.contract.ts'
import { boundedEntries } from './bounded-entries.ts'
import { inProcessKeyValue } from './in-process.ts'

describeKeyValue('in one process', async () => {
  let time = 1_000_000
  const store = inProcessKeyValue({ now: () => time })
  return { first: store, second: store, pass: async (ms) => void (time += ms), close: () => store.close() }
})

describe('the entries in one process', () => {
  test('never grow beyond their limit, and the newest stay', () => {
    const entries = boundedEntries({ now: () => 0, maxKeys: 100 })
    for (let index = 0; index < 1_000; index++) {
      entries.write(`k${index}`, 'x', 1)
      expect(entries.size()).toBeLessThanOrEqual(100)
    }

    expect(entries.read('k999')).toEqual({ value: 'x', until: 1 })
    entries.close()
  })

  test('give up what has expired before anything that lives', () => {
    let time = 0
    const entries = boundedEntries({ now: () => time, maxKeys: 100 })
    entries.write('revoked', 'x', 1_000)
    for (let index = 0; index < 99; index++) entries.write(`k${index}`, 'x', 10)
    time = 10
    entries.write('one more', 'x', 1_000)

    expect(entries.size()).toBe(2)
    expect(entries.read('revoked')?.value).toBe('x')
    entries.close()
  })
})
