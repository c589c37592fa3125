import type { DurableEvent, LiveEvent } from '@concord/contracts/live-events'
import type { QueryResults } from '@concord/contracts/queries'

export const queryId = `qry_${'0'.repeat(31)}1`
const at = '2026-11-20T10:00:00.000Z'

type DataOf<Type extends LiveEvent['type']> = Extract<LiveEvent, { type: Type }>['data']

export function started(seq: number): DurableEvent {
  const data: DataOf<'query_started'> = {
    question: 'Six by seven?',
    models: ['gpt5', 'claude'],
    debate_rounds: 2,
    consensus_threshold: 0.8,
    deadline_at: '2026-11-20T10:02:00.000Z',
  }
  return { type: 'query_started', query_id: queryId, seq, at, data }
}

export function roundStarted(seq: number, round = 0): DurableEvent {
  const stage = round === 0 ? 'opening' : 'debate'
  const data: DataOf<'round_started'> = { round, stage, models: ['gpt5', 'claude'], contested: [] }
  return { type: 'round_started', query_id: queryId, seq, at, data }
}

export function modelStarted(seq: number, o: Partial<DataOf<'model_started'>> = {}): DurableEvent {
  const data = { round: 0, model: 'gpt5', purpose: 'opening', attempt: 1, ...o }
  return { type: 'model_started', query_id: queryId, seq, at, data }
}

export function answered(seq: number, o: Partial<DataOf<'model_answered'>> = {}): DurableEvent {
  const data = {
    round: 0,
    model: 'gpt5',
    purpose: 'opening',
    answer: '42',
    confidence: 0.9,
    stance: null,
    sandbox: false,
    latency_ms: 900,
    late: false,
    ...o,
  }
  return { type: 'model_answered', query_id: queryId, seq, at, data }
}

export function measured(seq: number, o: Partial<DataOf<'agreement_measured'>> = {}): DurableEvent {
  const data = {
    round: 0,
    agreement: 0.5,
    reached: false,
    leading: '42',
    posterior: 0.5,
    positions: [],
    claims: [],
    ...o,
  }
  return { type: 'agreement_measured', query_id: queryId, seq, at, data }
}

export function delta(text: string, o: Partial<DataOf<'model_delta'>> = {}): LiveEvent {
  return { type: 'model_delta', query_id: queryId, at, data: { model: 'gpt5', round: 0, attempt: 1, text, ...o } }
}

export function written(text: string, o: Partial<DataOf<'synthesis_delta'>> = {}): LiveEvent {
  return { type: 'synthesis_delta', query_id: queryId, at, data: { model: 'claude', round: 0, attempt: 1, text, ...o } }
}

export function cancelled(seq: number): DurableEvent {
  const data: QueryResults = {
    query_id: queryId,
    status: 'cancelled',
    question: 'Six by seven?',
    individual_responses: {},
    metadata: {
      processing_time: 900,
      created_at: at,
      completed_at: at,
      tokens: { input: 1, output: 1 },
      cost_usd: 0,
      models_failed: [],
      degraded: false,
    },
  }
  return { type: 'query_cancelled', query_id: queryId, seq, at, data }
}
