import { turnCancelled, turnCompleted, turnFailed, turnRequested, turnStarted } from '@concord/contracts/events'
import type { EventDefinition, EventOf } from '@concord/contracts/envelope'
import { TurnPrompt } from '@concord/contracts/turns'
import type { TurnFailure, TurnOutput } from '@concord/contracts/turns'
import type { Bus, BusMessage } from '@concord/messaging/bus'
import { on } from '@concord/messaging/subscribe'
import { createVault } from '@concord/vault/vault'
import type { KeyRing } from '@concord/vault/key-ring'
import { subjectKeys } from '../src/db/schema.ts'

export type Turn = EventOf<typeof turnRequested>['data'] & { prompt: TurnPrompt }
/** What a model does with its turn: an output, a failure, silence after it began, or nothing at all. */
export type Reply = { output: TurnOutput } | { failure: TurnFailure } | 'silence' | 'nothing'
export type Script = (turn: Turn) => Reply | Promise<Reply>

export type ScriptedModels = {
  /** Every turn that was asked for, in its order. */
  asked: Turn[]
  cancelled: string[]
  script: Script
  /** What the answers travel as, for tests that send them in other ways. */
  messagesFor(turn: Turn, reply: Reply): BusMessage[]
  close(): Promise<void>
}

/** Takes ai-inference's place on the bus. */
export async function startScriptedModels(bus: Bus, ring: KeyRing, script: Script): Promise<ScriptedModels> {
  const vault = createVault({ ring, keys: subjectKeys })

  const models: Omit<ScriptedModels, 'close'> = {
    asked: [],
    cancelled: [],
    script,
    messagesFor(turn, reply) {
      const { sealed_prompt: _prompt, deadline_at: _deadline, prompt: _text, ...of } = turn
      const usage = { input_tokens: 100, output_tokens: 50, cost_usd: 0.001 }
      const started = message(turnStarted, of.query_id, { ...of, attempt: 1 })
      if (reply === 'nothing') return []
      if (reply === 'silence') return [started]
      if ('failure' in reply) {
        const lost = { reason: reply.failure, detail: 'as the script says', attempts: 1, sandbox: true }
        return [started, message(turnFailed, of.query_id, { ...of, ...usage, ...lost, output_tokens: 0 })]
      }
      const aad = `turn|${of.turn_id}|output`
      const answered = {
        ...of,
        ...usage,
        sealed_output: vault.seal({ aad, text: JSON.stringify(reply.output) }),
        provider_model: 'scripted-1',
        sandbox: true,
        salvaged: false,
        attempts: 1,
        latency_ms: 12,
      }
      return [started, message(turnCompleted, of.query_id, answered)]
    },
  }
  const subscriptions = [
    on(turnRequested, { handler: 'ai-inference.turn.requested.v1', concurrency: 64 }, async ({ data }) => {
      const text = vault.open({ aad: `turn|${data.turn_id}|prompt`, sealed: data.sealed_prompt })
      const turn = { ...data, prompt: TurnPrompt.parse(JSON.parse(text)) }
      models.asked.push(turn)
      await bus.publish(models.messagesFor(turn, await models.script(turn)))
    }),
    on(turnCancelled, { handler: 'ai-inference.turn.cancelled.v1' }, async ({ data }) => {
      models.cancelled.push(...data.turn_ids)
    }),
  ]
  await bus.declare('ai-inference', subscriptions)
  const consumption = await bus.consume('ai-inference', subscriptions)
  return Object.assign(models, { close: () => consumption.close() })
}

function message<Event extends { data: unknown }>(
  { type, schema }: EventDefinition<Event>,
  correlationId: string,
  data: Event['data'],
): BusMessage {
  const id = crypto.randomUUID()
  const time = new Date().toISOString()
  const body = schema.parse({ id, type, source: 'inference', time, correlation_id: correlationId, data })
  return { id, type, body, headers: {} }
}
