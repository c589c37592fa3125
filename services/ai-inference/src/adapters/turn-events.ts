import type { Db } from '@concord/database/database'
import { turnCompleted, turnFailed, turnStarted } from '@concord/contracts/events'
import { enqueue } from '@concord/messaging/outbox'
import { currentTraceparent } from '@concord/service-kit/trace'
import type { Vault } from '@concord/vault/vault'
import { outbox } from '../db/schema.ts'
import type { TurnRequested, TurnResult } from '../ports.ts'
import { attemptsPerClaim } from '../turns/take-turn.ts'

/** Writes what becomes of a turn into the outbox. */
export function turnEvents(vault: Vault) {
  return {
    async started(tx: Db, event: TurnRequested, claim: number): Promise<void> {
      const attempt = (claim - 1) * attemptsPerClaim + 1
      await enqueue(tx, outbox, turnStarted, { ...headOf(event), data: { ...turnOf(event), attempt } }, options())
    },
    async finished(tx: Db, event: TurnRequested, result: TurnResult): Promise<void> {
      const data = { ...turnOf(event), ...spendingOf(result) }
      if (!result.ok) {
        const failed = { ...headOf(event), data: { ...data, reason: result.reason, detail: result.detail } }
        return enqueue(tx, outbox, turnFailed, failed, options())
      }
      const aad = `turn|${event.data.turn_id}|output`
      const completed = {
        ...data,
        sealed_output: vault.seal({ aad, text: JSON.stringify(result.output) }),
        provider_model: result.providerModel,
        salvaged: result.salvaged,
        latency_ms: result.latencyMs,
      }
      return enqueue(tx, outbox, turnCompleted, { ...headOf(event), data: completed }, options())
    },
  }
}

function headOf({ correlation_id }: TurnRequested) {
  return { correlation_id }
}

function options() {
  return { traceparent: currentTraceparent() }
}

function turnOf({ data }: TurnRequested) {
  const { turn_id, query_id, user_id, model, round, purpose } = data
  return { turn_id, query_id, user_id, model, round, purpose }
}

function spendingOf({ usage, costUsd, attempts, sandbox }: TurnResult) {
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cost_usd: costUsd,
    attempts,
    sandbox,
  }
}
