import { setTimeout as sleep } from 'node:timers/promises'
import type { CallMetrics, PricedModel } from '../calls/call-metrics.ts'
import type { Lane } from '../calls/lane.ts'
import { ModelError } from '../calls/model-error.ts'
import { inModelCall } from '../calls/model-span.ts'
import { waitBeforeRetry } from '../calls/time-plan.ts'
import type { TrackRecord } from '../models/track-record.ts'
import type { Bill } from '../usage/bill.ts'
import { CallerGone } from './call-limits.ts'
import { newMeter } from './chat-backend.ts'
import type { AnswerMeter } from './chat-backend.ts'
import { estimateUsage } from './estimate-tokens.ts'

export type AskDeps = {
  laneOf: (model: Pick<PricedModel, 'provider'>) => Lane
  metrics: CallMetrics
  record: TrackRecord
  maxAttempts: number
}

export type Asked<Model, Answer> = {
  /** Asked one after the other, and again from the first. */
  models: readonly Model[]
  operation: 'chat' | 'embeddings'
  /** About how many tokens the request holds. */
  inputTokens: number
  signal: AbortSignal
  endAt: number
  bill: Bill
  ask: (model: Model, meter: AnswerMeter) => Promise<Answer>
  /** Something of the answer has reached the caller: it cannot begin anew. */
  begun: () => boolean
}

/** A caller who could be answered by trying again themselves is not kept waiting longer for it. */
const longestWaitMs = 5_000
const mostWaiting = 512

/**
 * Asks a model, again or the next one where that can help and nothing has been told yet, and closes the bill. Rejects with a
 * ModelError, a DoorError, or with `signal.reason` once that has aborted.
 */
export async function askModels<Model extends PricedModel, Answer>(
  deps: AskDeps,
  asked: Asked<Model, Answer>,
): Promise<Answer> {
  const { models, signal, bill } = asked
  const [first] = models
  if (!first) throw new Error('no model to ask')
  let made = 0
  let model: Model = first
  try {
    for (;;) {
      try {
        const answer = await attempt(deps, asked, model)
        bill.close(model, 'ok')
        return answer
      } catch (error) {
        made += 1
        const next: Model = models[made % models.length] ?? model
        const waitMs = waitFor(error, { made, other: next !== model, asked, maxAttempts: deps.maxAttempts })
        if (waitMs === undefined) throw error
        model = next
        await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted())
      }
    }
  } catch (error) {
    const thrown: unknown = signal.aborted ? signal.reason : error
    bill.close(model, thrown instanceof CallerGone ? 'aborted' : 'failed')
    throw thrown
  }
}

type Circumstances = {
  made: number
  /** Another model stands in. */
  other: boolean
  asked: Pick<Asked<never, unknown>, 'signal' | 'endAt' | 'begun'>
  maxAttempts: number
}

/** Milliseconds until the next attempt; undefined when there is to be none. */
function waitFor(error: unknown, { made, other, asked, maxAttempts }: Circumstances): number | undefined {
  if (!(error instanceof ModelError) || asked.signal.aborted || asked.begun() || made >= maxAttempts) return undefined
  if (other) return error.retryable || error.reason === 'unconfigured' ? 0 : undefined
  if (error.reason === 'circuit_open') return undefined
  const waitMs = waitBeforeRetry(error, { attempt: made, leftMs: asked.endAt - Date.now() })
  return waitMs !== undefined && waitMs <= longestWaitMs ? waitMs : undefined
}

async function attempt<Model extends PricedModel, Answer>(
  deps: AskDeps,
  asked: Asked<Model, Answer>,
  model: Model,
): Promise<Answer> {
  const lane = deps.laneOf(model)
  if (lane.waiting() >= mostWaiting)
    throw new ModelError('rate_limited', `too many calls wait for ${model.provider}`, {
      retryable: true,
      retryAfterMs: 5_000,
    })
  let calling: Promise<Answer> | undefined
  try {
    return await lane.run(() => (calling = call(deps, asked, model)), asked.signal)
  } catch (error) {
    // An abort gives the place up at once; what the call took is known when it has ended itself.
    await calling?.catch(() => {})
    throw error
  }
}

async function call<Model extends PricedModel, Answer>(
  deps: AskDeps,
  { operation, inputTokens, bill, ask }: Asked<Model, Answer>,
  model: Model,
): Promise<Answer> {
  const meter = newMeter()
  bill.begin(model, () => estimateUsage(meter, inputTokens))
  const startedAt = performance.now()
  try {
    const answer = await inModelCall({ operation, model }, async (answered) => {
      const told = await ask(model, meter)
      answered({ usage: meter.usage ?? estimateUsage(meter, inputTokens) })
      return told
    })
    const latencyMs = performance.now() - startedAt
    const usage = meter.usage ?? estimateUsage(meter, inputTokens)
    bill.add(model, usage, { estimated: meter.usage === undefined })
    deps.metrics.answered(model, usage, latencyMs)
    deps.record.answered(model.name, latencyMs)
    return answer
  } catch (error) {
    settle(error, { ...deps, meter, model, inputTokens, bill })
    throw error
  }
}

type Failed = Pick<AskDeps, 'metrics' | 'record'> & {
  meter: AnswerMeter
  model: PricedModel
  inputTokens: number
  bill: Bill
}

/** What a call that brought no whole answer took: a provider reads the whole request even for a caller who left. */
function settle(error: unknown, { meter, model, inputTokens, bill, metrics, record }: Failed): void {
  const gone = error instanceof CallerGone
  const took = gone || meter.events > 0 || meter.usage !== undefined
  const usage = took ? estimateUsage(meter, inputTokens) : undefined
  if (usage) bill.add(model, usage, { estimated: true })
  if (gone && usage) metrics.abandoned(model, usage)
  if (!(error instanceof ModelError)) return
  metrics.failed(model, usage ? withUsage(error, usage) : error)
  // A request that the provider calls wrong says nothing of the model.
  if (error.retryable || error.reason === 'timed_out') record.failed(model.name)
}

function withUsage(error: ModelError, usage: NonNullable<ModelError['usage']>): ModelError {
  const { reason, message, retryable, retryAfterMs, cause } = error
  return new ModelError(reason, message, { retryable, retryAfterMs, usage, cause })
}
