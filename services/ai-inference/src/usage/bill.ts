import type { Principal } from '@concord/service-kit/token'
import type { PricedModel } from '../calls/call-metrics.ts'
import { costUsd } from '../models/cost.ts'
import type { Account, TokenBudget } from './token-budget.ts'
import type { CallStatus, TokenUsage, UsageEntry } from './usage.ts'
import { tokensSpent } from './usage.ts'
import type { FollowedRecorder } from './followed-recorder.ts'

export type Bill = {
  /** One attempt begins; `soFar` is what it has taken, should nobody live to say more. */
  begin(model: PricedModel, soFar: () => TokenUsage): void
  /** Adds what one attempt took. */
  add(model: PricedModel, usage: TokenUsage, o: { estimated: boolean }): void
  /** Charges the budget and writes the call down; once, whatever became of it. */
  close(model: PricedModel, status: CallStatus): void
}

export type BillDeps = {
  budget: TokenBudget
  recorder: FollowedRecorder
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
  const id = crypto.randomUUID()
  const at = new Date()
  const startedAt = performance.now()
  const sum: TokenUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 }
  let cost = 0
  let guessed = false
  let open = true
  let begun: { model: PricedModel; soFar: () => TokenUsage } | undefined

  const entry = (model: PricedModel, took: Pick<UsageEntry, 'costUsd' | 'status' | 'estimated'> & TokenUsage) => ({
    id,
    userId: principal.sub,
    day: account.day,
    at,
    feature,
    provider: model.provider,
    model: model.name,
    ...took,
    sandbox: isEmulated(model.provider),
    latencyMs: Math.round(performance.now() - startedAt),
  })
  const interrupted = (): UsageEntry | undefined => {
    if (!begun) return undefined
    const { model, soFar } = begun
    const usage = soFar()
    const took = { ...plus(sum, usage), costUsd: cost + costUsd(model, usage) }
    return entry(model, { ...took, status: 'interrupted', estimated: true })
  }
  return {
    begin(model, soFar) {
      if (!begun) recorder.follow(id, interrupted)
      begun = { model, soFar }
    },
    add(model, usage, { estimated }) {
      Object.assign(sum, plus(sum, usage))
      cost += costUsd(model, usage)
      guessed ||= estimated
      begun = { model, soFar: () => nothing }
    },
    close(model, status) {
      if (!open) return
      open = false
      account.charge(tokensSpent(sum))
      recorder.record(entry(model, { ...sum, costUsd: cost, status, estimated: guessed }))
    },
  }
}

const nothing: TokenUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 }

function plus(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
  }
}
