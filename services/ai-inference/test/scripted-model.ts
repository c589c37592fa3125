import { ModelError } from '../src/calls/model-error.ts'
import type { LanguageModelV1, ModelAnswer, ModelCall } from '../src/ports.ts'

export type Step = (call: ModelCall) => Promise<ModelAnswer>

/** A model that does what it is told, one step a call; the last step repeats. */
export function scriptedModel(...steps: Step[]): LanguageModelV1 & { calls: ModelCall[] } {
  const calls: ModelCall[] = []
  return {
    calls,
    generate(call) {
      calls.push(call)
      const step = steps[Math.min(calls.length, steps.length) - 1]
      return step ? step(call) : Promise.reject(new Error('no step'))
    },
  }
}

export function answers(text: string): Step {
  return async (call) => {
    call.onDelta(text)
    return { text, usage: { inputTokens: 10, outputTokens: 5 }, providerModel: 'model-x', finish: 'complete' }
  }
}

export function fails(
  reason: ModelError['reason'],
  options: { retryable?: boolean; retryAfterMs?: number; outputTokens?: number } = {},
): Step {
  const { retryable = true, retryAfterMs, outputTokens } = options
  const usage = outputTokens === undefined ? undefined : { inputTokens: 10, outputTokens }
  return () => Promise.reject(new ModelError(reason, reason, { retryable, retryAfterMs, usage }))
}

/** Says nothing until it is aborted. */
export const hangs: Step = (call) =>
  new Promise((_resolve, reject) => {
    call.signal.addEventListener('abort', () => reject(call.signal.reason), { once: true })
  })

/** Ignores even the abort. */
export const isDeaf: Step = () => new Promise(() => {})
