import type { Db } from '@concord/database/database'

/** One event on its way. `body` is the envelope as JSON, at most `maxBodyBytes` of it; `headers` carry the `traceparent`. */
export type BusMessage = { id: string; type: string; body: unknown; headers: Record<string, string> }

/**
 * A message at its consumer. `attempt` counts from 1 and grows with every failed handling, not with a killed process or a
 * cut connection. `signal` aborts when the consumer gives the message up: it closes, or has lost its lease or connection.
 */
export type Delivery = BusMessage & { attempt: number; signal: AbortSignal }

/**
 * Resolves: acknowledged. Throws `PermanentError`: dead letter at once. Throws anything else: tried again after a delay
 * (the error's `retryAfterMs` where it has one), and a dead letter after the last attempt.
 */
export type Handle = (delivery: Delivery) => Promise<void>

/** How often a handler is tried in all, and the waits between the attempts; the last wait repeats. */
export type RetryPolicy = { attempts: number; delaysMs: readonly number[] }

/** `handler` is unique over all services (`<service>.<type>`) and names the queue. At most `concurrency` run at once. */
export type Subscription = {
  type: string
  handler: string
  handle: Handle
  concurrency?: number
  retry?: Partial<RetryPolicy>
}

export type DeadLetter = {
  id: string
  type: string
  handler: string
  reason: string
  attempts: number
  at: string
  headers: Record<string, string>
  /** Size of the body as it is kept. */
  bytes: number
  body: unknown
}

/** Picks dead letters by handler, by message id, or by both; all of them when neither is given. */
export type DeadLetterChoice = { handler?: string | undefined; id?: string | undefined }

/** The dead letters of one handler; `oldest` is when the first of them died. */
export type DeadLetterGroup = { handler: string; count: number; oldest: string }

/** `unhandled` are those that nobody would take now: their handler is gone, and they stay. */
export type Replayed = { replayed: number; unhandled: number }

export type DeadLetters = {
  /** Oldest first, 100 unless `limit` says otherwise (at most 1,000). */
  list(options?: DeadLetterChoice & { limit?: number }): Promise<DeadLetter[]>
  count(): Promise<number>
  /** By handler, the largest group first. */
  groups(): Promise<DeadLetterGroup[]>
  /**
   * Hands them to their own handler again, with fresh attempts, and to no other subscriber. What was dead at the call is handed
   * over once. Whoever is killed in the middle loses none of them: some may be handed over twice.
   */
  replay(choice: DeadLetterChoice, onProgress?: (replayed: number) => void): Promise<Replayed>
  drop(choice: DeadLetterChoice): Promise<number>
}

export type Consumption = {
  /** Takes no more, waits for running handlers up to a grace, aborts the rest and returns their messages to the queue. */
  close(): Promise<void>
}

/** At-least-once delivery of events to every subscribed handler, in no promised order. */
export type Bus = {
  /**
   * Durable when it resolves, for every handler declared before. A type without any subscriber is not an error.
   * With `tx`, an adapter that shares that database writes in it, and consumers wait for `wake` after the commit.
   */
  publish(messages: readonly BusMessage[], options?: { tx?: Db }): Promise<void>
  /** A hint that messages published in a transaction are now visible. The consumers' poll is the truth. */
  wake(): void
  /** The complete list of a service's subscriptions: what is published from now on reaches each of them. */
  declare(service: string, subscriptions: readonly Subscription[]): Promise<void>
  consume(service: string, subscriptions: readonly Subscription[]): Promise<Consumption>
  deadLetters: DeadLetters
  /** Messages waiting, by handler, for the handlers this bus has declared. */
  depth(): Promise<Record<string, number>>
  /** Rejects when the bus cannot take messages now. */
  ping(): Promise<void>
  close(): Promise<void>
}

export const maxBodyBytes = 1024 * 1024

/** Deliveries that ended neither well nor with an error: the consumer died. High, since many kills are no poison. */
export const maxUnsettledDeliveries = 100

export const defaultConcurrency = 8
