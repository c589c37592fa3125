import { expect, test } from 'vitest'
import type { Principal } from '@concord/service-kit/token'
import { openBill } from './bill.ts'
import type { BillDeps } from './bill.ts'

const principal: Principal = {
  kind: 'user',
  sub: 'usr_1',
  role: 'user',
  plan: 'free',
  scope: [],
  jti: 'jti',
  sid: 'sid',
  companyId: null,
  expiresAt: 0,
  revocationKnown: true,
}

test.each([
  { what: 'a usual answer where nobody said how long it may get', asked: undefined, aside: 1_010 },
  { what: 'what was asked for', asked: 50, aside: 60 },
  { what: 'a long answer where a longer one was asked for', asked: 1_000_000, aside: 4_010 },
])('the budget sets aside the question and $what', async ({ asked, aside }) => {
  const setAside: number[] = []
  const deps: BillDeps = {
    budget: {
      open: (_spender, tokens) => {
        setAside.push(tokens)
        return { day: '2026-11-21', charge: () => {} }
      },
    },
    recorder: { record: () => {}, close: async () => {} },
    isEmulated: () => true,
  }

  await openBill(deps, { principal, feature: 'chat_completions', inputTokens: 10, outputTokens: asked })

  expect(setAside).toEqual([aside])
})
