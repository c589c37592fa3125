import type { Principal } from '@concord/service-kit/token'
import type { PricedModel } from '../calls/call-metrics.ts'
import { costUsd } from '../models/cost.ts'
import type { Account, TokenBudget } from './token-budget.ts'
import type { CallStatus, TokenUsage, UsageEntry } from './usage.ts'
import { tokensSpent } from './usage.ts'
import type { UsageRecorder } from './usage-recorder.ts'

export type Bill = {
  /** Adds what one attempt took. */
  add(model: PricedModel, usage: TokenUsage, o: { estimated: boolean }): void
  /** Charges the budget and writes the call down; once, whatever became of it. */
  close(model: PricedModel, status: CallStatus): void
}

export type BillDeps = {
  budget: TokenBudget
  recorder: UsageRecorder
  isEmulated: (provider: PricedModel['provider']) => boolean
}

type Options = {
  principal: Principal
  feature: UsageEntry['feature']
  inputTokens: number
  /** The most that was asked for. */
  outputTokens?: number | undefined
}

/** An answer is set aside as this long where nobody said how long it may get, and at most as four of these. */
const usualOutputTokens = 1_000

/** Opens the bill of one call. Throws a 429 when the user's tokens of the day are spent. */
export async function openBill(
  deps: BillDeps,
  { principal, feature, inputTokens, outputTokens }: Options,
): Promise<Bill> {
  const expected = feature === 'embeddings' ? 0 : Math.min(outputTokens ?? usualOutputTokens, 4 * usualOutputTokens)
  const opened = deps.budget.open({ userId: principal.sub, plan: principal.plan }, inputTokens + expected)
  const account = opened instanceof Promise ? await opened : opened
  return billOn(account, deps, { principal, feature })
}

function billOn(
  account: Account,
  { recorder, isEmulated }: BillDeps,
  { principal, feature }: Pick<Options, 'principal' | 'feature'>,
): Bill {
  const at = new Date()
  const startedAt = performance.now()
  const sum: TokenUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 }
  let cost = 0
  let guessed = false
  let open = true
  return {
    add(model, usage, { estimated }) {
      sum.inputTokens += usage.inputTokens
      sum.cachedInputTokens += usage.cachedInputTokens
      sum.outputTokens += usage.outputTokens
      cost += costUsd(model, usage)
      guessed ||= estimated
    },
    close(model, status) {
      if (!open) return
      open = false
      account.charge(tokensSpent(sum))
      recorder.record({
        id: crypto.randomUUID(),
        userId: principal.sub,
        day: account.day,
        at,
        feature,
        provider: model.provider,
        model: model.name,
        ...sum,
        costUsd: cost,
        status,
        estimated: guessed,
        sandbox: isEmulated(model.provider),
        latencyMs: Math.round(performance.now() - startedAt),
      })
    },
  }
}
