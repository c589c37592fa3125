import { expect, test } from 'vitest'
import type { Principal } from '@concord/service-kit/token'
import { loadCatalogue } from '../models/catalogue.ts'
import { openBill } from './bill.ts'
import type { BillDeps } from './bill.ts'
import type { UsageEntry } from './usage.ts'

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
    recorder: { follow: () => {}, record: () => {}, close: async () => {} },
    isEmulated: () => true,
  }

  await openBill(deps, { principal, feature: 'chat_completions', inputTokens: 10, outputTokens: asked })

  expect(setAside).toEqual([aside])
})

test('a call under way stands in the journal with all its attempts so far, and is recorded once with what it really took', async () => {
  let soFar: () => UsageEntry | undefined = () => undefined
  const recorded: UsageEntry[] = []
  const deps: BillDeps = {
    budget: { open: () => ({ day: '2026-11-21', charge: () => {} }) },
    recorder: {
      follow: (_id, told) => (soFar = told),
      record: (entry) => void recorded.push(entry),
      close: async () => {},
    },
    isEmulated: () => false,
  }
  const model = loadCatalogue(undefined).get('gpt5')
  if (!model) throw new Error('no model')
  const bill = await openBill(deps, { principal, feature: 'chat_completions', inputTokens: 10 })

  bill.begin(model, () => ({ inputTokens: 10, cachedInputTokens: 0, outputTokens: 3 }))
  expect(soFar()).toMatchObject({ status: 'interrupted', estimated: true, inputTokens: 10, outputTokens: 3 })
  bill.add(model, { inputTokens: 10, cachedInputTokens: 0, outputTokens: 4 }, { estimated: true })
  expect(soFar()).toMatchObject({ inputTokens: 10, outputTokens: 4 })
  bill.begin(model, () => ({ inputTokens: 10, cachedInputTokens: 0, outputTokens: 1 }))
  expect(soFar()).toMatchObject({ inputTokens: 20, outputTokens: 5 })

  bill.add(model, { inputTokens: 11, cachedInputTokens: 0, outputTokens: 2 }, { estimated: false })
  bill.close(model, 'ok')
  bill.close(model, 'failed')
  expect(recorded).toMatchObject([{ id: soFar()?.id, status: 'ok', inputTokens: 21, outputTokens: 6 }])
})
