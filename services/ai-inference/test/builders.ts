import { randomBytes } from 'node:crypto'
import { turnCancelled, turnRequested } from '@concord/contracts/events'
import { section } from '@concord/contracts/prompt-sections'
import type { TurnPrompt, TurnPurpose } from '@concord/contracts/turns'
import { newId } from '@concord/service-kit/ids'
import type { IdPrefix } from '@concord/contracts/ids'
import { patienceMs } from '@concord/testing/patience'
import { formOf } from '../src/turns/answer-form.ts'
import type { ModelCall, TurnCancelled, TurnRequested } from '../src/ports.ts'

/** A prompt such as the orchestrator writes, on which the emulated models have something to say. */
export function aPrompt(purpose: TurnPurpose = 'opening', changes: Partial<TurnPrompt> = {}): TurnPrompt {
  const token = randomBytes(8).toString('hex')
  const question = section('QUESTION', token, 'Should a small team adopt a four-day week?')
  const claims = [
    section('CLAIM c1', token, 'Output per hour rises when people are rested.'),
    section('CLAIM c2', token, 'Customers expect answers on five days.'),
  ]
  const parts = purpose === 'opening' ? [question] : [question, ...claims]
  if (purpose === 'debate') {
    parts.push(section('OWN_POSITION', token, 'Yes.'), section('PEER_POSITION A', token, 'No, customers would leave.'))
  }
  if (purpose === 'synthesis') parts.push(section('VERDICT', token, 'c1 accepted'))
  return {
    system: purpose === 'synthesis' ? 'You are the writer of a panel.' : 'You are one model of a panel.',
    user: parts.join('\n\n'),
    max_output_tokens: 4_000,
    temperature: null,
    ...changes,
  }
}

export function aCall(purpose: TurnPurpose = 'opening', changes: Partial<ModelCall> = {}): ModelCall {
  const { system, user } = aPrompt(purpose)
  const form = formOf(purpose)
  return {
    system,
    user,
    ...(form ? { output: { name: form.name, jsonSchema: form.strictSchema } } : {}),
    maxOutputTokens: 4_000,
    temperature: null,
    signal: AbortSignal.timeout(patienceMs),
    onDelta: () => {},
    ...changes,
  }
}

export function anId<const Prefix extends IdPrefix>(prefix: Prefix): string {
  return newId(prefix)
}

/** `seal` is what the orchestrator does to the prompt. */
export function aTurnRequest(
  seal: (o: { aad: string; text: string }) => string,
  { prompt, ...data }: Partial<TurnRequested['data']> & { prompt?: TurnPrompt } = {},
): TurnRequested {
  const turnId = data.turn_id ?? anId('trn')
  const purpose = data.purpose ?? 'opening'
  return turnRequested.schema.parse({
    id: crypto.randomUUID(),
    type: turnRequested.type,
    source: 'consensus',
    time: new Date().toISOString(),
    correlation_id: turnId,
    data: {
      turn_id: turnId,
      query_id: anId('qry'),
      user_id: anId('usr'),
      model: 'gpt5',
      round: 0,
      purpose,
      deadline_at: new Date(Date.now() + 30_000).toISOString(),
      sealed_prompt: seal({ aad: `turn|${turnId}|prompt`, text: JSON.stringify(prompt ?? aPrompt(purpose)) }),
      ...data,
    },
  })
}

export function aCancellation(
  data: Pick<TurnCancelled['data'], 'query_id' | 'user_id'> & { turn_ids?: string[] },
): TurnCancelled {
  return turnCancelled.schema.parse({
    id: crypto.randomUUID(),
    type: turnCancelled.type,
    source: 'consensus',
    time: new Date().toISOString(),
    correlation_id: data.query_id,
    data: { turn_ids: [], ...data },
  })
}
