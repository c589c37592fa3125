import type { DurableEvent, PassingEvent } from '@concord/contracts/live-events'
import type { QueryDetail, QueryResults, TurnRecord } from '@concord/contracts/queries'

type Unsent<Event> = Event extends { type: infer Type; data: infer Data } ? { type: Type; data: Data } : never

/** One thing that happens in a deliberation: an event without its number, a turn that is stored, or the end. */
export type Step = {
  afterMs: number
  event?: Unsent<Exclude<DurableEvent, { data: QueryResults }> | PassingEvent>
  turn?: { round: number; record: TurnRecord }
  end?: 'completed' | 'failed'
}

export type Scenario = {
  steps: readonly Step[]
  consensus: Extract<QueryResults, { status: 'completed' }>['consensus'] | undefined
  answerType: NonNullable<QueryDetail['answer_type']>
  responses: Extract<QueryResults, { status: 'completed' }>['individual_responses']
  modelsFailed: QueryDetail['results']['metadata']['models_failed']
}

type Purpose = TurnRecord['purpose']

export type Said = {
  model: string
  round: number
  purpose: Purpose
  text: string
  output: unknown
  answer: string | null
  confidence: number
  stance?: 'keep' | 'change'
  latencyMs: number
}

/** A model that starts, streams its text in pieces, and has answered. */
export function speaks({ stance, ...said }: Said): Step[] {
  const { model, round, purpose, text, output, answer, confidence, latencyMs } = said
  const words = text.split(/(?<= )/)
  const size = Math.ceil(words.length / 12)
  const pieces = Array.from({ length: Math.ceil(words.length / size) }, (_, index) =>
    words.slice(index * size, (index + 1) * size).join(''),
  )
  return [
    { afterMs: 30, event: { type: 'model_started', data: { round, model, purpose, attempt: 1 } } },
    ...pieces.map((piece): Step => ({
      afterMs: 60,
      event: { type: 'model_delta', data: { model, round, attempt: 1, text: piece } },
    })),
    {
      afterMs: 40,
      event: {
        type: 'model_answered',
        data: {
          round,
          model,
          purpose,
          answer,
          confidence,
          stance: stance ?? null,
          sandbox: true,
          latency_ms: latencyMs,
          late: false,
        },
      },
      turn: { round, record: aTurn({ model, purpose, output, latency_ms: latencyMs }) },
    },
  ]
}

export function fails(model: string, round: number, reason: string, detail: string): Step[] {
  return [
    { afterMs: 30, event: { type: 'model_started', data: { round, model, purpose: 'opening', attempt: 1 } } },
    {
      afterMs: 400,
      event: { type: 'model_failed', data: { round, model, purpose: 'opening', reason, detail } },
      turn: { round, record: aTurn({ model, purpose: 'opening', status: 'failed', failure: { reason, detail } }) },
    },
  ]
}

/** Several models at once: their steps take turns. */
export function together(...streams: Step[][]): Step[] {
  const longest = Math.max(...streams.map((steps) => steps.length))
  return Array.from({ length: longest }, (_, index) => streams.flatMap((steps) => steps.slice(index, index + 1)))
    .flat()
    .map((step) => ({ ...step, afterMs: step.afterMs / streams.length }))
}

export function writes(model: string, round: number, text: string): Step[] {
  const pieces = text.split(/(?<= )/)
  return [
    { afterMs: 100, event: { type: 'model_started', data: { round, model, purpose: 'synthesis', attempt: 1 } } },
    ...pieces.map((piece): Step => ({
      afterMs: 30,
      event: { type: 'synthesis_delta', data: { model, round, attempt: 1, text: piece } },
    })),
  ]
}

let turnsMade = 0

function aTurn(record: Partial<TurnRecord> & Pick<TurnRecord, 'model' | 'purpose'>): TurnRecord {
  turnsMade += 1
  return {
    turn_id: `trn_${String(turnsMade).padStart(32, '0')}`,
    status: 'ok',
    sandbox: true,
    output: null,
    failure: null,
    tokens: { input: 412, output: 268 },
    cost_usd: 0.0031,
    latency_ms: 1_800,
    requested_at: new Date().toISOString(),
    completed_at: new Date().toISOString(),
    ...record,
  }
}
