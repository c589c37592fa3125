import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inOrder } from './in-order.ts'

const numbered = (seq: number) => ({ text: String(seq), type: 'event', seq })

test('whatever is lost, doubled or late, the reader gets every event once and in order when the history comes', () => {
  const run = fc.record({
    length: fc.integer({ min: 1, max: 40 }),
    after: fc.nat(5),
    picks: fc.array(fc.nat(39), { maxLength: 120 }),
  })

  fc.assert(
    fc.property(run, ({ length, after, picks }) => {
      const received: number[] = []
      const order = inOrder(after, ({ seq }) => void received.push(seq))
      for (const pick of picks) if (pick < length) order.offer(numbered(after + 1 + pick))
      const stretch = Array.from({ length }, (_, n) => numbered(after + 1 + n)).filter(({ seq }) => seq > order.last())
      const complete = order.refill(stretch)

      expect(complete).toBe(true)
      expect(received).toEqual(Array.from({ length }, (_, n) => after + 1 + n))
    }),
  )
})

test('an event that comes too early tells of the gap before it', () => {
  const received: number[] = []
  const order = inOrder(0, ({ seq }) => void received.push(seq))

  expect([order.offer(numbered(1)), order.offer(numbered(3)), order.offer(numbered(1))]).toEqual([true, false, true])
  expect(order.refill([numbered(2)])).toBe(true)
  expect(received).toEqual([1, 2, 3])
})
