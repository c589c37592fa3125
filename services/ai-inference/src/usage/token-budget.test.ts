import { expect, test } from 'vitest'
import { tokenBudget } from './token-budget.ts'

const noon = Date.UTC(2026, 10, 21, 12)
const limits = { free: 100, pro: 1_000, researcher: 1_000, guardian: null }
const spender = { userId: 'usr_1', plan: 'free' as const }

function aBudget({ stored = 0, now = () => noon }: { stored?: number; now?: () => number } = {}) {
  return tokenBudget({ store: { tokensOf: async () => stored }, limits, now })
}

test('calls at once do not all see the same free budget', async () => {
  const budget = aBudget()
  const first = await budget.open(spender, 60)
  await budget.open(spender, 60)

  expect(() => budget.open(spender, 60)).toThrow('100 tokens')
  first.charge(10)
  first.charge(500)
  await expect(Promise.resolve(budget.open(spender, 1))).resolves.toMatchObject({ day: '2026-11-21' })
})

test('a spent budget says when the next day begins', async () => {
  await expect(aBudget({ stored: 100 }).open(spender, 1)).rejects.toMatchObject({
    code: 'rate-limited',
    openAi: { code: 'insufficient_quota' },
    headers: { 'retry-after': String(12 * 60 * 60), 'x-should-retry': 'false' },
  })
})

test('a new UTC day begins with a whole budget', async () => {
  let now = noon
  const budget = aBudget({ now: () => now })
  const account = await budget.open(spender, 1)
  account.charge(100)
  expect(() => budget.open(spender, 1)).toThrow('100 tokens')

  now += 12 * 60 * 60 * 1_000
  await expect(budget.open(spender, 1)).resolves.toMatchObject({ day: '2026-11-22' })
})

test('an unlimited plan asks no database', async () => {
  const budget = tokenBudget({ store: { tokensOf: () => Promise.reject(new Error('away')) }, limits })

  expect(budget.open({ userId: 'usr_1', plan: 'guardian' }, 1_000_000)).toHaveProperty('charge')
  await expect(budget.open(spender, 1)).rejects.toMatchObject({ code: 'unavailable' })
})
