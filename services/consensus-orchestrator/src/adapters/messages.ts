import {
  queryCancelled,
  queryCompleted,
  queryFailed,
  querySubmitted,
  turnCancelled,
  turnRequested,
} from '@concord/contracts/events'
import type { EventDefinition } from '@concord/contracts/envelope'
import { nobody } from '@concord/contracts/ids'
import type { TurnPrompt } from '@concord/contracts/turns'
import { outboxRow } from '@concord/messaging/outbox'
import type { Envelope, EventInput, OutboxRow } from '@concord/messaging/outbox'
import { currentTraceparent } from '@concord/service-kit/trace'
import type { Vault } from '@concord/vault/vault'
import type { AnchorTurn } from '../anchors/ports.ts'
import { outbox } from '../db/schema.ts'
import type { Changes, Query } from '../ports.ts'

export function submittedMessage({ id, owner }: Pick<Query, 'id' | 'owner'>): OutboxRow {
  return message(querySubmitted, { correlation_id: id, data: { query_id: id, user_id: owner } })
}

export function cancelledTurns({ id, owner }: Pick<Query, 'id' | 'owner'>, turnIds: readonly string[]): OutboxRow {
  const data = { query_id: id, user_id: owner, turn_ids: [...turnIds] }
  return message(turnCancelled, { correlation_id: id, data })
}

/** What others learn of a step: turns asked for, turns given up, the end. */
export function messagesOf(vault: Vault, query: Query, changes: Changes): OutboxRow[] {
  const after = { ...query, ...changes.query }
  const dropped = changes.dropped?.ids ?? []
  return [
    ...requestedTurns(vault, after, changes),
    ...(dropped.length > 0 ? [cancelledTurns(query, dropped)] : []),
    ...(query.status === 'processing' ? endOf(after, changes) : []),
  ]
}

function requestedTurns(vault: Vault, query: Query, { newTurns }: Changes): OutboxRow[] {
  const { deadlineAt, stageDeadlineAt, stageStartedAt } = query
  const timeLimitMs = (stageDeadlineAt ?? deadlineAt).getTime() - stageStartedAt.getTime()
  return newTurns.map(({ id, model, round, purpose, prompt }) =>
    message(turnRequested, {
      correlation_id: query.id,
      data: {
        turn_id: id,
        query_id: query.id,
        user_id: query.owner,
        model,
        round,
        purpose,
        deadline_at: deadlineAt.toISOString(),
        time_limit_ms: Math.max(0, timeLimitMs),
        sealed_prompt: sealedPrompt(vault, id, prompt),
      },
    }),
  )
}

/** Ordinary opening turns of no query and no user. */
export function anchorRequests(vault: Vault, turns: readonly (AnchorTurn & { prompt: TurnPrompt })[]): OutboxRow[] {
  return turns.map(({ id, turnId, model, deadlineAt, prompt }) =>
    message(turnRequested, {
      correlation_id: id,
      data: {
        turn_id: turnId,
        query_id: id,
        user_id: nobody,
        model,
        round: 0,
        purpose: 'opening',
        deadline_at: deadlineAt.toISOString(),
        sealed_prompt: sealedPrompt(vault, turnId, prompt),
      },
    }),
  )
}

function sealedPrompt(vault: Vault, turnId: string, prompt: TurnPrompt): string {
  return vault.seal({ aad: `turn|${turnId}|prompt`, text: JSON.stringify(prompt) })
}

function endOf(query: Query, { events }: Changes): OutboxRow[] {
  const { id, owner, status, confidence, outcome, degraded } = query
  const usage = { input_tokens: query.inputTokens, output_tokens: query.outputTokens, cost_usd: query.costUsd }
  const data = { query_id: id, user_id: owner, ...usage }
  switch (status) {
    case 'processing':
      return []
    case 'completed': {
      const result = { ...data, confidence: confidence ?? 0, outcome: outcome ?? 'deadlock', degraded }
      return [message(queryCompleted, { correlation_id: id, data: result })]
    }
    case 'failed': {
      const [code = 'unknown'] = events.flatMap((event) =>
        event.type === 'query_failed' && event.data.status === 'failed' ? [event.data.error.code] : [],
      )
      return [message(queryFailed, { correlation_id: id, data: { ...data, code } })]
    }
    case 'cancelled':
      return [message(queryCancelled, { correlation_id: id, data })]
  }
}

function message<Event extends Envelope>(definition: EventDefinition<Event>, event: EventInput<Event>): OutboxRow {
  return outboxRow(outbox, definition, event, { traceparent: currentTraceparent() })
}
