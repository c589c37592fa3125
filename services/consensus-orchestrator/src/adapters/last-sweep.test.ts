import { inProcessKeyValue } from '@concord/key-value/in-process'
import { expect, test } from 'vitest'
import { lastSweep } from './last-sweep.ts'

const [first, second] = [new Date('2026-03-01T10:00:00Z'), new Date('2026-03-01T10:00:01Z')]

test('what one replica notes the others know, and nobody knows anything at first', async () => {
  const keyValue = inProcessKeyValue()
  const [one, other] = [lastSweep(keyValue), lastSweep(keyValue)]

  expect(await one.at()).toBeUndefined()
  await one.note(first)
  await other.note(second)

  expect([await one.at(), await other.at()]).toEqual([second, second])
})

test('a store that is down leaves a replica with what it knows itself', async () => {
  const down = { get: () => Promise.reject(new Error('down')), set: () => Promise.reject(new Error('down')) }
  const alone = lastSweep(down)

  expect(await alone.at()).toBeUndefined()
  await alone.note(first)
  expect(await alone.at()).toEqual(first)
})
