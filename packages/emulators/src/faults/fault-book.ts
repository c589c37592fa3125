import { z } from 'zod'
import { Fault } from './fault.ts'

/** Body of `POST /__control/faults`. Without `times` the rule holds until it is deleted; without the rest it is for every call, but calls for embeddings use up none of its `times`. */
export const FaultRule = z.strictObject({
  provider: z.enum(['openai', 'anthropic', 'gemini', 'xai']).optional(),
  model: z.string().optional(),
  purpose: z.enum(['opening', 'vote', 'debate', 'synthesis', 'other', 'embedding']).optional(),
  times: z.int().positive().optional(),
  fault: Fault,
})
export type FaultRule = z.output<typeof FaultRule>

export type FaultBook = {
  add(rule: FaultRule): void
  clear(): void
  rules(): FaultRule[]
  /** The faults of this call: all latencies, and the first other. Each use counts against its rule's `times`. */
  take(call: { provider: string; model: string; purpose: string }): Fault[]
}

export function createFaultBook(): FaultBook {
  let rules: FaultRule[] = []
  return {
    add: (rule) => {
      rules.push({ ...rule })
    },
    clear: () => {
      rules = []
    },
    rules: () => rules.map((rule) => ({ ...rule })),
    take(call) {
      if (rules.length === 0) return []
      const faults: Fault[] = []
      for (const rule of rules) {
        if (!concerns(rule, call)) continue
        if (rule.fault.kind !== 'latency' && faults.some(({ kind }) => kind !== 'latency')) continue
        faults.push(rule.fault)
        if (rule.times !== undefined) rule.times -= 1
      }
      rules = rules.filter(({ times }) => times !== 0)
      return faults
    },
  }
}

function concerns(rule: FaultRule, call: { provider: string; model: string; purpose: string }): boolean {
  return (
    (rule.provider ?? call.provider) === call.provider &&
    (rule.model ?? call.model) === call.model &&
    (rule.purpose ?? call.purpose) === call.purpose &&
    (call.purpose !== 'embedding' || rule.times === undefined || (rule.purpose ?? rule.model) !== undefined)
  )
}
