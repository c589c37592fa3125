import { z } from 'zod'
import { pageOf } from './lists.ts'
import { QueryId } from './ids.ts'

export const AnswerType = z.enum(['open', 'choice', 'number', 'boolean'])
export type AnswerType = z.output<typeof AnswerType>

export const ModelName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'expected a panel name such as gpt5')
export type ModelName = z.output<typeof ModelName>

/** Body of `POST /queries`. Defaults are the orchestrator's, so that an absent field stays absent here. */
export const SubmitQuery = z
  .strictObject({
    query: z.string().min(1).max(8_000).regex(/\S/, 'expected some text'),
    models: z
      .array(ModelName)
      .min(1)
      .max(8)
      .refine((names) => new Set(names).size === names.length, 'expected distinct models')
      .optional(),
    debate_rounds: z.int().min(0).max(5).optional(),
    consensus_threshold: z.number().min(0.5).max(1).optional(),
    answer_type: z.enum(['auto', 'open', 'choice', 'number', 'boolean']).optional(),
    choices: z
      .array(z.string().min(1).max(500).regex(/\S/, 'expected some text'))
      .min(2)
      .max(26)
      .refine((choices) => new Set(choices).size === choices.length, 'expected distinct choices')
      .nullable()
      .optional(),
    language: z
      .string()
      .regex(/^(auto|[a-z]{2,3}(-[A-Za-z0-9]{2,8})*)$/, 'expected auto or a language tag such as fr-FR')
      .optional(),
    effort: z.enum(['thorough', 'thrifty']).optional(),
    max_cost_usd: z.number().positive().max(1_000).nullable().optional(),
    deadline_s: z.int().min(5).max(600).optional(),
    preprompt_id: z.string().min(1).max(64).nullable().optional(),
  })
  .meta({ id: 'SubmitQuery' })
export type SubmitQuery = z.output<typeof SubmitQuery>

/**
 * Bytes of the largest body that these limits let through: 8,000 characters and 26 choices of 500, each written as two escapes of six bytes
 * at worst, and the rest.
 */
export const submitBodyBytes = 256 * 1_024

export const DailyUsage = z.object({
  current: z.int().nonnegative(),
  limit: z.int().positive().nullable(),
  remaining: z.int().nonnegative().nullable(),
})
export type DailyUsage = z.output<typeof DailyUsage>

export const QueryAccepted = z
  .object({
    query_id: QueryId,
    status: z.literal('processing'),
    estimated_time: z.int().positive(),
    webhook_url: z.string(),
    daily_usage: DailyUsage,
  })
  .meta({ id: 'QueryAccepted' })
export type QueryAccepted = z.output<typeof QueryAccepted>

export const QueryStatus = z.enum(['processing', 'completed', 'failed', 'cancelled'])
export type QueryStatus = z.output<typeof QueryStatus>

export const Stage = z.enum(['opening', 'agreement', 'debate', 'synthesis', 'done'])
export type Stage = z.output<typeof Stage>

export const Vote = z.enum(['agree', 'disagree', 'abstain'])
export type Vote = z.output<typeof Vote>

const share = z.number().min(0).max(1)

export const ClaimVote = z.object({
  model: ModelName,
  vote: Vote,
  confidence: share.nullable(),
  reason: z.string(),
  changed_in_round: z.int().nonnegative().nullable(),
})

export const Claim = z.object({
  id: z.string(),
  text: z.string(),
  support: share,
  verdict: z.enum(['accepted', 'contested', 'rejected']),
  votes: z.array(ClaimVote),
})
export type Claim = z.output<typeof Claim>

export const Change = z.object({
  model: ModelName,
  round: z.int().nonnegative(),
  claim: z.string().nullable(),
  from: z.string(),
  to: z.string(),
  error_quoted: z.string().nullable(),
  reason: z.string(),
})

export const MinorityPosition = z.object({ models: z.array(ModelName), position: z.string(), argument: z.string() })

export const Outcome = z.enum(['unanimous', 'consensus', 'majority', 'contested', 'deadlock'])
export type Outcome = z.output<typeof Outcome>

export const Consensus = z
  .object({
    summary: z.string(),
    answer: z.string().nullable(),
    confidence: share,
    agreement: share,
    reached: z.boolean(),
    outcome: Outcome,
    overrules_majority: z.boolean(),
    rounds_used: z.int().nonnegative(),
    convergence_points: z.array(z.string()),
    divergence_points: z.array(z.string()),
    claims: z.array(Claim),
    changes: z.array(Change),
    minority_report: z.array(MinorityPosition),
  })
  .meta({ id: 'Consensus' })
export type Consensus = z.output<typeof Consensus>

export const IndividualResponse = z.object({
  response: z.string().nullable(),
  confidence: share.nullable(),
  reasoning: z.array(z.string()),
  status: z.enum(['ok', 'pending', 'failed', 'cancelled']),
  sandbox: z.boolean(),
})
export type IndividualResponse = z.output<typeof IndividualResponse>

export const FailedModel = z.object({ model: ModelName, reason: z.string(), detail: z.string() })
export type FailedModel = z.output<typeof FailedModel>

export const QueryMetadata = z.object({
  processing_time: z.int().nonnegative(),
  created_at: z.iso.datetime(),
  completed_at: z.iso.datetime().nullable(),
  tokens: z.object({ input: z.int().nonnegative(), output: z.int().nonnegative() }),
  cost_usd: z.number().nonnegative(),
  models_failed: z.array(FailedModel),
  degraded: z.boolean(),
})
export type QueryMetadata = z.output<typeof QueryMetadata>

const individualResponses = z.record(z.string(), IndividualResponse)
const common = { query_id: QueryId, question: z.string(), metadata: QueryMetadata }

/** `GET /queries/{id}/results`, and the data of `query_completed` and `query_failed`. */
export const QueryResults = z
  .discriminatedUnion('status', [
    z.object({ ...common, status: z.literal('processing'), stage: Stage, round: z.int().nonnegative() }),
    z.object({
      ...common,
      status: z.literal('completed'),
      answer_type: AnswerType,
      consensus: Consensus,
      individual_responses: individualResponses,
    }),
    z.object({
      ...common,
      status: z.literal('failed'),
      error: z.object({ code: z.string(), detail: z.string() }),
      individual_responses: individualResponses,
    }),
    z.object({ ...common, status: z.literal('cancelled'), individual_responses: individualResponses }),
  ])
  .meta({ id: 'QueryResults' })
export type QueryResults = z.output<typeof QueryResults>

export const QuerySummary = z
  .object({
    query_id: QueryId,
    question: z.string(),
    status: QueryStatus,
    stage: Stage,
    round: z.int().nonnegative(),
    models: z.array(ModelName),
    answer_type: AnswerType.nullable(),
    answer: z.string().nullable(),
    confidence: share.nullable(),
    outcome: Outcome.nullable(),
    degraded: z.boolean(),
    sandbox: z.boolean(),
    created_at: z.iso.datetime(),
    completed_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'QuerySummary' })
export type QuerySummary = z.output<typeof QuerySummary>

export const QueryList = pageOf(QuerySummary).meta({ id: 'QueryList' })
export type QueryList = z.output<typeof QueryList>

export const TurnRecord = z.object({
  turn_id: z.string(),
  model: ModelName,
  purpose: z.enum(['opening', 'vote', 'debate', 'synthesis']),
  status: z.enum(['requested', 'running', 'ok', 'failed', 'late', 'cancelled']),
  sandbox: z.boolean(),
  /** What the model handed in, in the form of its purpose (see turns.ts); null until it has. */
  output: z.unknown(),
  failure: z.object({ reason: z.string(), detail: z.string() }).nullable(),
  tokens: z.object({ input: z.int().nonnegative(), output: z.int().nonnegative() }),
  cost_usd: z.number().nonnegative(),
  latency_ms: z.int().nonnegative().nullable(),
  requested_at: z.iso.datetime(),
  completed_at: z.iso.datetime().nullable(),
})
export type TurnRecord = z.output<typeof TurnRecord>

/** `GET /queries/{id}`: the whole deliberation, round by round. */
export const QueryDetail = QuerySummary.extend({
  settings: z.object({
    debate_rounds: z.int(),
    consensus_threshold: z.number(),
    answer_type: z.string(),
    choices: z.array(z.string()).nullable(),
    language: z.string(),
    effort: z.enum(['thorough', 'thrifty']),
    max_cost_usd: z.number().nullable(),
    deadline_s: z.int(),
  }),
  rounds: z.array(z.object({ round: z.int().nonnegative(), turns: z.array(TurnRecord) })),
  results: QueryResults,
  /** What its owner last said of the answer; null until then, absent where that was not kept yet. */
  feedback: z.object({ correct: z.boolean() }).nullable().optional(),
}).meta({ id: 'QueryDetail' })
export type QueryDetail = z.output<typeof QueryDetail>

export const UserStats = z
  .object({
    today: z.object({ queries_count: z.int().nonnegative(), tokens_used: z.int().nonnegative() }),
    total_queries: z.int().nonnegative(),
    avg_confidence: share.nullable(),
    plan: z.string(),
  })
  .meta({ id: 'UserStats' })
export type UserStats = z.output<typeof UserStats>
