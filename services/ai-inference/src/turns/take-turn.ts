import { setTimeout as sleep } from 'node:timers/promises'
import { TurnPrompt } from '@concord/contracts/turns'
import type { TurnFailure } from '@concord/contracts/turns'
import { PermanentError } from '@concord/messaging/errors'
import { orAbort } from '../calls/attempt-watch.ts'
import type { CallModel, Meter } from '../calls/call-model.ts'
import { ModelError } from '../calls/model-error.ts'
import { costUsd } from '../models/cost.ts'
import type { Catalogue } from '../models/catalogue.ts'
import type { OpenPrompt, PublishLive, TurnRequested, TurnResult, TurnStore } from '../ports.ts'
import { askForTurn } from './ask-for-turn.ts'
import type { TurnAnswer } from './ask-for-turn.ts'
import type { EmbedClaims } from './embed-claims.ts'
import { liveText } from './live-text.ts'
import { TurnStopped } from './running-turns.ts'
import type { RunningTurns } from './running-turns.ts'

export type TakeTurnDeps = {
  turns: TurnStore
  running: RunningTurns
  catalogue: Catalogue
  isSandbox: (model: string) => boolean
  callModel: CallModel
  embedClaims: EmbedClaims
  openPrompt: OpenPrompt
  publishLive: PublishLive
  maxAttempts: number
  /** Told of every result that this process brought about. */
  onResult: (event: TurnRequested, result: TurnResult) => void
  now: () => Date
  busyPollMs?: number
}

/** Attempts of a later claim are above all of an earlier one, so that a spectator's text is replaced and not mixed. */
export const attemptsPerClaim = 20

/**
 * Takes a requested turn to its stored result. Resolves when the result is stored, whoever stored it. The work outlives the
 * delivery: when the broker takes a message back, the answer on its way is not asked for twice.
 */
export async function takeTurn(deps: TakeTurnDeps, event: TurnRequested, signal: AbortSignal): Promise<void> {
  const { turn_id: turnId, query_id: queryId } = event.data
  await orAbort(
    signal,
    deps.running.run({ turnId, queryId }, (stop) => settle(deps, event, stop, signal)),
  )
}

async function settle(
  deps: TakeTurnDeps,
  event: TurnRequested,
  stop: AbortSignal,
  delivery: AbortSignal,
): Promise<void> {
  for (;;) {
    const start = await deps.turns.start(event, deps.now())
    if (start.kind === 'settled') return
    if (start.kind !== 'busy') {
      const result = await resultOf(deps, event, start, stop)
      deps.onResult(event, result)
      return finish(deps, event, result)
    }
    // Another process holds the lease. Should it die, its lease ends and the turn is ours.
    delivery.throwIfAborted()
    stop.throwIfAborted()
    await sleep(deps.busyPollMs ?? 300, undefined, { signal: AbortSignal.any([stop, delivery]) }).catch(() => {})
  }
}

async function resultOf(
  deps: TakeTurnDeps,
  event: TurnRequested,
  start: { kind: 'started'; claim: number } | { kind: 'cancelled' } | { kind: 'expired' },
  stop: AbortSignal,
): Promise<TurnResult> {
  const sandbox = deps.isSandbox(event.data.model)
  const nothingSpent = { usage: { inputTokens: 0, outputTokens: 0 }, costUsd: 0, attempts: 0, sandbox }
  if (start.kind === 'cancelled') return { ok: false, ...nothingSpent, ...cancelled }
  if (start.kind === 'expired')
    return { ok: false, ...nothingSpent, reason: 'timed_out', detail: 'the deadline had passed before it could start' }
  const model = deps.catalogue.get(event.data.model)
  if (!model) return { ok: false, ...nothingSpent, reason: 'unconfigured', detail: 'no model has this name here' }

  const meter: Meter = { attempts: 0, usage: nothingSpent.usage }
  const spent = () => ({ usage: meter.usage, costUsd: costUsd(model, meter.usage), attempts: meter.attempts, sandbox })
  const startedAt = deps.now().getTime()
  const deadlineAt = endOf(event, startedAt)
  const prompt = readPrompt(deps, event)
  const live = liveFor(deps, event, start.claim)
  let answer: TurnAnswer
  try {
    answer = await askForTurn(deps.callModel, {
      model,
      purpose: event.data.purpose,
      prompt,
      deadlineAt,
      signal: stop,
      meter,
      maxAttempts: deps.maxAttempts,
      onDelta: (text, attempt) => live.add(text, attempt),
    })
  } catch (error) {
    return { ok: false, ...spent(), ...failureOf(error) }
  } finally {
    live.end()
  }
  const answered = {
    ok: true,
    ...answer,
    ...spent(),
    latencyMs: Math.max(0, deps.now().getTime() - startedAt),
  } as const
  return event.data.purpose === 'opening' ? withVectors(deps, answered, { prompt, deadlineAt, stop }) : answered
}

type Circumstances = { prompt: TurnPrompt; deadlineAt: number; stop: AbortSignal }

/** The latency stays that of the answer; what the vectors cost is the turn's. */
async function withVectors(
  { embedClaims, now }: TakeTurnDeps,
  answered: Extract<TurnResult, { ok: true }>,
  { prompt, deadlineAt, stop }: Circumstances,
): Promise<TurnResult> {
  const { output, usage, costUsd: spentUsd, sandbox } = answered
  const {
    vectors,
    inputTokens,
    costUsd: vectorsUsd,
  } = await embedClaims({
    json: output.json,
    sandbox,
    deadlineAt,
    now: now().getTime(),
    signal: stop,
    leftUsd: (prompt.max_cost_usd ?? Number.POSITIVE_INFINITY) - spentUsd,
  })
  return {
    ...answered,
    output: vectors ? { ...output, claim_vectors: vectors } : output,
    usage: { ...usage, inputTokens: usage.inputTokens + inputTokens },
    costUsd: spentUsd + vectorsUsd,
  }
}

/** By when the turn must have ended: its own time, counted from now, or the query's deadline. */
function endOf({ data }: TurnRequested, startedAt: number): number {
  return Math.min(Date.parse(data.deadline_at), startedAt + (data.time_limit_ms ?? Number.POSITIVE_INFINITY))
}

const cancelled = { reason: 'cancelled', detail: 'the query was cancelled' } as const

/** Whatever is neither the model's failure nor a cancellation is not the turn's result: it is thrown on. */
function failureOf(error: unknown): { reason: TurnFailure; detail: string } {
  if (error instanceof ModelError) return { reason: error.reason, detail: error.message }
  if (error instanceof TurnStopped && error.why === 'cancelled') return cancelled
  throw error
}

function liveFor({ publishLive, now }: TakeTurnDeps, event: TurnRequested, claim: number) {
  const { query_id: queryId, model, round, purpose } = event.data
  return liveText({
    purpose,
    publish: (text, attempt) =>
      publishLive({
        type: purpose === 'synthesis' ? 'synthesis_delta' : 'model_delta',
        query_id: queryId,
        at: now().toISOString(),
        data: { model, round, attempt: (claim - 1) * attemptsPerClaim + attempt, text },
      }),
  })
}

function readPrompt({ openPrompt }: TakeTurnDeps, { data }: TurnRequested): TurnPrompt {
  try {
    return TurnPrompt.parse(JSON.parse(openPrompt(data.turn_id, data.sealed_prompt)))
  } catch {
    throw new PermanentError('the prompt of the turn cannot be opened')
  }
}

const storingWaitsMs = [100, 400, 1_600]

/** A moment's trouble of the database must not cost an answer that has been paid for. */
async function finish({ turns }: TakeTurnDeps, event: TurnRequested, result: TurnResult): Promise<void> {
  for (const waitMs of storingWaitsMs) {
    try {
      return await turns.finish(event, result)
    } catch {
      await sleep(waitMs)
    }
  }
  await turns.finish(event, result)
}
