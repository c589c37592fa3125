import { turnCompleted, turnFailed, turnStarted } from '@concord/contracts/events'
import { outboxRow } from '@concord/messaging/outbox'
import type { OutboxRow } from '@concord/messaging/outbox'
import { currentTraceparent } from '@concord/service-kit/trace'
import type { Vault } from '@concord/vault/vault'
import { outbox } from '../db/schema.ts'
import type { TurnRequested, TurnResult } from '../ports.ts'

/** What becomes of a turn, as rows of the outbox. */
export function turnEvents(vault: Vault) {
  return {
    /** As of its first claim. */
    started(event: TurnRequested): OutboxRow {
      const data = { ...turnOf(event), attempt: 1 }
      return outboxRow(outbox, turnStarted, { ...headOf(event), data }, options())
    },
    finished(event: TurnRequested, result: TurnResult): OutboxRow {
      const data = { ...turnOf(event), ...spendingOf(result) }
      if (!result.ok) {
        const failed = { ...headOf(event), data: { ...data, reason: result.reason, detail: result.detail } }
        return outboxRow(outbox, turnFailed, failed, options())
      }
      const aad = `turn|${event.data.turn_id}|output`
      const completed = {
        ...data,
        sealed_output: vault.seal({ aad, text: JSON.stringify(result.output) }),
        provider_model: result.providerModel,
        salvaged: result.salvaged,
        latency_ms: result.latencyMs,
      }
      return outboxRow(outbox, turnCompleted, { ...headOf(event), data: completed }, options())
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
