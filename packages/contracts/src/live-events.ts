import { z } from 'zod'
import { QueryId } from './ids.ts'
import { ModelName, Outcome, QueryResults } from './queries.ts'

const round = z.int().nonnegative()
const share = z.number().min(0).max(1)

function durable<const Type extends string, Data extends z.ZodType>(type: Type, data: Data) {
  return z.object({ type: z.literal(type), query_id: QueryId, seq: z.int().positive(), at: z.iso.datetime(), data })
}

function passing<const Type extends string, Data extends z.ZodType>(type: Type, data: Data) {
  return z.object({ type: z.literal(type), query_id: QueryId, at: z.iso.datetime(), data })
}

/** What is kept and numbered: `seq` rises by 1 from 1 within a query. */
export const DurableEvent = z
  .discriminatedUnion('type', [
    durable(
      'query_started',
      z.object({
        question: z.string(),
        models: z.array(ModelName),
        debate_rounds: z.int(),
        consensus_threshold: z.number(),
        deadline_at: z.iso.datetime(),
      }),
    ),
    durable(
      'round_started',
      z.object({
        round,
        stage: z.enum(['opening', 'debate']),
        models: z.array(ModelName),
        contested: z.array(z.string()),
      }),
    ),
    durable('model_started', z.object({ round, model: ModelName, purpose: z.string(), attempt: z.int().positive() })),
    durable(
      'model_answered',
      z.object({
        round,
        model: ModelName,
        purpose: z.string(),
        answer: z.string().nullable(),
        confidence: share.nullable(),
        stance: z.enum(['keep', 'change']).nullable(),
        sandbox: z.boolean(),
        latency_ms: z.int().nonnegative(),
        late: z.boolean(),
      }),
    ),
    durable(
      'model_failed',
      z.object({ round, model: ModelName, purpose: z.string(), reason: z.string(), detail: z.string() }),
    ),
    durable(
      'agreement_measured',
      z.object({
        round,
        agreement: share,
        reached: z.boolean(),
        leading: z.string().nullable(),
        posterior: share,
        positions: z.array(z.object({ position: z.string(), models: z.array(ModelName), support: share })),
        claims: z.array(
          z.object({
            id: z.string(),
            text: z.string(),
            support: share,
            verdict: z.enum(['accepted', 'contested', 'rejected']),
          }),
        ),
      }),
    ),
    durable('round_completed', z.object({ round, next: z.enum(['debate', 'synthesis']), reason: z.string() })),
    durable('query_completed', QueryResults),
    durable('query_failed', QueryResults),
    durable('query_cancelled', QueryResults),
  ])
  .meta({ id: 'DurableEvent' })
export type DurableEvent = z.output<typeof DurableEvent>

const delta = z.object({ model: ModelName, round, attempt: z.int().positive(), text: z.string() })

/** What is not kept: a reader who misses it loses nothing that the results do not hold. A higher `attempt` replaces the text of the lower. */
export const PassingEvent = z
  .discriminatedUnion('type', [passing('model_delta', delta), passing('synthesis_delta', delta)])
  .meta({ id: 'PassingEvent' })
export type PassingEvent = z.output<typeof PassingEvent>

/** Every 15 s; `seq` is the last one of the query, so that a lost event is noticed. */
export const Heartbeat = z
  .object({
    type: z.literal('heartbeat'),
    query_id: QueryId.nullable(),
    seq: z.int().nonnegative().nullable(),
    at: z.iso.datetime(),
  })
  .meta({ id: 'Heartbeat' })
export type Heartbeat = z.output<typeof Heartbeat>

export const LiveEvent = z.union([DurableEvent, PassingEvent])
export type LiveEvent = z.output<typeof LiveEvent>

/** The key-value channel on which a query's events travel as JSON. Lossy: the gateway repairs gaps from the orchestrator. */
export function liveChannel(queryId: string): string {
  return `live:${queryId}`
}

/** `GET /internal/queries/{id}/events?after=` of the orchestrator. `user_id` is the owner, for the gateway's own check. */
export const StoredEvents = z.object({
  user_id: z.string(),
  ended: z.boolean(),
  last_seq: z.int().nonnegative(),
  events: z.array(DurableEvent),
})
export type StoredEvents = z.output<typeof StoredEvents>

/** `POST /internal/queries/{id}/cancel` of the orchestrator, for the gateway. */
export const CancelOutcome = z.object({ outcome: z.enum(['cancelled', 'ended']) })

/** What a client sends on `/ws`. */
export const SocketRequest = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('subscribe_query'), query_id: QueryId, after: z.int().nonnegative().optional() }),
  z.strictObject({ type: z.literal('unsubscribe_query'), query_id: QueryId }),
])
export type SocketRequest = z.output<typeof SocketRequest>

export const SocketTicket = z
  .object({ ticket: z.string(), expires_in: z.int().positive() })
  .meta({ id: 'SocketTicket' })
export type SocketTicket = z.output<typeof SocketTicket>

export const finalEventTypes: readonly string[] = ['query_completed', 'query_failed', 'query_cancelled']
export const outcomes = Outcome.options
