import { DelegateBackoff, handleWhen, retry } from 'cockatiel'
import type { CatalogueModel } from '../models/catalogue.ts'
import type { TrackRecord } from '../models/track-record.ts'
import type { LanguageModelV1, ModelAnswer, ModelCall, Usage } from '../ports.ts'
import { deadlineSignal, orAbort, watchAttempt } from './attempt-watch.ts'
import type { CallMetrics } from './call-metrics.ts'
import type { Lane } from './lane.ts'
import { ModelError } from './model-error.ts'
import { inModelCall } from './model-span.ts'
import { lastMoment, silenceFor, waitBeforeRetry } from './time-plan.ts'

/** What the calls of one turn have cost so far, failed ones included. */
export type Meter = { attempts: number; usage: Usage }

export type Question = {
  model: CatalogueModel
  prompt: Omit<ModelCall, 'signal' | 'onDelta'>
  /** Milliseconds since 1970. */
  deadlineAt: number
  signal: AbortSignal
  meter: Meter
  maxAttempts: number
  /** Whether the turn's bound on cost has room for another attempt; without one there always is. */
  affordsAnother?: () => boolean
  onDelta: (text: string, attempt: number) => void
}

/** Asks a model, again where that can help. Rejects with a ModelError, or with `signal.reason` once that has aborted. */
export type CallModel = (question: Question) => Promise<ModelAnswer>

type Deps = {
  languageModels: ReadonlyMap<string, LanguageModelV1>
  laneOf: (model: CatalogueModel) => Lane
  metrics: CallMetrics
  record: TrackRecord
  silenceMs: number
  /** Milliseconds since 1970 by the clock that deadlines are written with. */
  now?: () => number
}

export function createCallModel(deps: Deps): CallModel {
  const { now = Date.now } = deps
  return async function callModel(question) {
    const language = deps.languageModels.get(question.model.name)
    if (!language) {
      throw new ModelError('unconfigured', `${question.model.provider} has no key here`, { retryable: false })
    }
    const asked = now()
    const leftMs = lastMoment(question.deadlineAt, asked) - asked
    // From here on by the clock that no step moves.
    const endAt = performance.now() + leftMs
    const deadline = deadlineSignal(leftMs)
    const signal = AbortSignal.any([question.signal, deadline.signal])
    try {
      return await orAbort(signal, withRetries(deps, language, { ...question, signal }, endAt))
    } finally {
      deadline.close()
    }
  }
}

async function withRetries(deps: Deps, language: LanguageModelV1, question: Question, endAt: number) {
  let made = 0
  let waitMs: number | undefined
  let lastOfCall: ModelError | undefined
  const mayHelp = (error: unknown): boolean => {
    if (!(error instanceof ModelError) || question.signal.aborted || question.affordsAnother?.() === false) return false
    const hungAgain = error.reason === 'timed_out' && lastOfCall?.reason === 'timed_out'
    if (error.reason !== 'circuit_open') lastOfCall = error
    waitMs = hungAgain ? undefined : waitBeforeRetry(error, { attempt: made, leftMs: endAt - performance.now() })
    return waitMs !== undefined
  }
  const policy = retry(handleWhen(mayHelp), {
    maxAttempts: question.maxAttempts - 1,
    backoff: new DelegateBackoff(() => waitMs ?? 0),
  })
  try {
    return await policy.execute(async () => {
      made += 1
      const mayRetry = made < question.maxAttempts && lastOfCall?.reason !== 'timed_out'
      return deps
        .laneOf(question.model)
        .run(() => attempt(deps, language, question, { endAt, mayRetry }), question.signal)
    })
  } catch (error) {
    // Why the calls failed says more than that no further one was made.
    throw error instanceof ModelError && error.reason === 'circuit_open' ? (lastOfCall ?? error) : error
  }
}

async function attempt(
  { metrics, record, silenceMs }: Deps,
  language: LanguageModelV1,
  { model, prompt, signal, meter, onDelta }: Question,
  { endAt, mayRetry }: { endAt: number; mayRetry: boolean },
): Promise<ModelAnswer> {
  const startedAt = performance.now()
  meter.attempts += 1
  const number = meter.attempts
  const watch = watchAttempt(signal, {
    silenceMs: silenceFor({ leftMs: Math.max(0, endAt - performance.now()), mayRetry, silenceMs }),
  })
  const hear = (text: string) => {
    watch.alive()
    if (text !== '' && !watch.signal.aborted) onDelta(text, number)
  }
  try {
    const { maxOutputTokens, temperature } = prompt
    const asked = { operation: 'chat', model, attempt: number, maxOutputTokens, temperature } as const
    const answer = await inModelCall(asked, async (answered) => {
      const told = await orAbort(watch.signal, language.generate({ ...prompt, signal: watch.signal, onDelta: hear }))
      answered(told)
      return told
    })
    const latencyMs = performance.now() - startedAt
    charge(meter, answer.usage)
    metrics.answered(model, answer.usage, latencyMs)
    record.answered(model.name, latencyMs)
    return answer
  } catch (error) {
    if (error instanceof ModelError) {
      if (error.usage) charge(meter, error.usage)
      metrics.failed(model, error)
      record.failed(model.name)
    }
    throw error
  } finally {
    watch.close()
  }
}

function charge(meter: Meter, { inputTokens, outputTokens }: Usage): void {
  meter.usage = {
    inputTokens: meter.usage.inputTokens + inputTokens,
    outputTokens: meter.usage.outputTokens + outputTokens,
  }
}
