import type { turnCancelled, turnRequested } from '@concord/contracts/events'
import type { EventOf } from '@concord/contracts/envelope'
import type { PassingEvent } from '@concord/contracts/live-events'
import type { TurnFailure, TurnOutput } from '@concord/contracts/turns'

export type Usage = { inputTokens: number; outputTokens: number }

export type ModelCall = {
  system: string
  user: string
  /** The JSON Schema that the answer must follow; plain text is asked for without it. */
  output?: { name: string; jsonSchema: Record<string, unknown> }
  maxOutputTokens: number
  temperature: number | null
  signal: AbortSignal
  /** Text as it comes. An empty text says only that the model is alive. */
  onDelta: (text: string) => void
}

export type ModelAnswer = {
  text: string
  usage: Usage
  /** The name by which the provider itself calls the model that answered. */
  providerModel: string
  /** `length`: the answer ended at its token limit. */
  finish: 'complete' | 'length'
}

/**
 * One model of one provider. `generate` asks once, without retries of its own, and resolves only with a whole answer: a stream
 * that ends early rejects. Rejects with a ModelError, or with `signal.reason` once that has aborted.
 */
export type LanguageModelV1 = { generate(call: ModelCall): Promise<ModelAnswer> }

export type TurnRequested = EventOf<typeof turnRequested>
export type TurnCancelled = EventOf<typeof turnCancelled>

/** What became of a turn. `attempts` counts the calls, those of an earlier process that died not included. */
export type TurnResult = { usage: Usage; costUsd: number; attempts: number; sandbox: boolean } & (
  | { ok: true; output: TurnOutput; providerModel: string; salvaged: boolean; latencyMs: number }
  | { ok: false; reason: TurnFailure; detail: string }
)

/**
 * `started`: the turn is this process's to ask, and everybody has been told. `busy`: another process asks it now.
 * `settled`: its result is stored and on its way. `cancelled` and `expired`: it is to fail without a call.
 */
export type TurnStart =
  | { kind: 'started'; claim: number }
  | { kind: 'busy' }
  | { kind: 'settled' }
  | { kind: 'cancelled' }
  | { kind: 'expired' }

/** Each function is one transaction, its events included. */
export type TurnStore = {
  start(event: TurnRequested, now: Date): Promise<TurnStart>
  /** Stores the result and tells it, unless the turn has one already. */
  finish(event: TurnRequested, result: TurnResult): Promise<void>
  /** Extends the leases of these turns and answers which of them were cancelled. */
  renew(turnIds: readonly string[]): Promise<string[]>
  /** Gives these turns back, so that another process need not wait for the end of their leases. */
  release(turnIds: readonly string[]): Promise<void>
  cancel(event: TurnCancelled): Promise<void>
  /** Cancels the user's running turns, whose ids it answers, and destroys the key of all that is stored of them. */
  eraseUser(userId: string): Promise<string[]>
  /** Latencies of each model's last answers in milliseconds, oldest first. */
  recentLatencies(limit: number): Promise<Map<string, number[]>>
}

/** Opens what the orchestrator sealed into `turn.requested`. Throws when it cannot be opened. */
export type OpenPrompt = (turnId: string, sealed: string) => string

/** Tells whoever watches. Lossy, never waits and never throws. */
export type PublishLive = (event: PassingEvent) => void

export type Cancellation = { turn_ids: string[] } | { query_id: string }

/** Reaches every replica at once, this one included. Lossy: the store knows all cancellations. */
export type CancelChannel = {
  publish(cancellation: Cancellation): Promise<void>
  subscribe(listener: (cancellation: Cancellation) => void): Promise<() => Promise<void>>
}
