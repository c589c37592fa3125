import { expect, test } from 'vitest'
import { untilMidnightS, utcDay } from './day.ts'

test('a day is a UTC day, wherever the clock stands', () => {
  expect(utcDay(new Date('2026-03-01T23:59:59.999Z'))).toBe('2026-03-01')
  expect(utcDay(new Date('2026-03-02T00:30:00+02:00'))).toBe('2026-03-01')
})

test('the wait until midnight is never below a second', () => {
  expect(untilMidnightS(new Date('2026-03-01T00:00:00Z'))).toBe(86_400)
  expect(untilMidnightS(new Date('2026-03-01T23:59:59.999Z'))).toBe(1)
})
