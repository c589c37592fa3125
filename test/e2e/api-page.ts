import { z } from 'zod'

/** The public API as its page states it, field by field and with no other: on purpose not the contracts that the services share. */

const moment = z.iso.datetime()
const share = z.number().min(0).max(1)
const queryId = z.string().regex(/^qry_/)

export const user = z.strictObject({
  id: z.string().regex(/^usr_/),
  email: z.string(),
  username: z.string().nullable(),
  full_name: z.string(),
  role: z.enum(['user', 'agent', 'admin', 'super_admin']),
  plan: z.enum(['free', 'pro', 'researcher', 'guardian']),
  company_id: z.string().nullable(),
  created_at: moment,
  updated_at: moment,
})

export const signedIn = z.strictObject({
  user,
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int().positive(),
})

export const accepted = z.strictObject({
  query_id: queryId,
  status: z.literal('processing'),
  estimated_time: z.int().positive(),
  webhook_url: z.string(),
  daily_usage: z.strictObject({
    current: z.int(),
    limit: z.int().nullable(),
    remaining: z.int().nullable(),
  }),
})

const metadata = z.strictObject({
  processing_time: z.int().nonnegative(),
  created_at: moment,
  completed_at: moment.nullable(),
  tokens: z.strictObject({ input: z.int(), output: z.int() }),
  cost_usd: z.number(),
  models_failed: z.array(z.strictObject({ model: z.string(), reason: z.string(), detail: z.string() })),
  degraded: z.boolean(),
})

const individualResponses = z.record(
  z.string(),
  z.strictObject({
    response: z.string().nullable(),
    confidence: share.nullable(),
    reasoning: z.array(z.string()),
    status: z.string(),
    sandbox: z.boolean(),
  }),
)

export const running = z.strictObject({
  query_id: queryId,
  status: z.literal('processing'),
  stage: z.enum(['opening', 'agreement', 'debate', 'synthesis', 'done']),
  round: z.int(),
  question: z.string(),
  metadata,
})

const vote = z.enum(['agree', 'disagree', 'abstain'])

export const completed = z.strictObject({
  query_id: queryId,
  status: z.literal('completed'),
  question: z.string(),
  answer_type: z.enum(['open', 'choice', 'number', 'boolean']),
  consensus: z.strictObject({
    summary: z.string().min(1),
    answer: z.string().nullable(),
    confidence: share,
    agreement: share,
    reached: z.boolean(),
    outcome: z.enum(['unanimous', 'consensus', 'majority', 'contested', 'deadlock']),
    overrules_majority: z.boolean(),
    rounds_used: z.int(),
    convergence_points: z.array(z.string()),
    divergence_points: z.array(z.string()),
    claims: z.array(
      z.strictObject({
        id: z.string(),
        text: z.string(),
        support: share,
        verdict: z.enum(['accepted', 'contested', 'rejected']),
        votes: z.array(
          z.strictObject({
            model: z.string(),
            vote,
            confidence: share.nullable(),
            reason: z.string(),
            changed_in_round: z.int().nullable(),
          }),
        ),
      }),
    ),
    changes: z.array(
      z.strictObject({
        model: z.string(),
        round: z.int(),
        claim: z.string().nullable(),
        from: z.string(),
        to: z.string(),
        error_quoted: z.string().nullable(),
        reason: z.string(),
      }),
    ),
    minority_report: z.array(
      z.strictObject({ models: z.array(z.string()), position: z.string(), argument: z.string() }),
    ),
  }),
  individual_responses: individualResponses,
  metadata,
})
export type Completed = z.output<typeof completed>

export const failed = z.strictObject({
  query_id: queryId,
  status: z.literal('failed'),
  question: z.string(),
  error: z.strictObject({ code: z.string(), detail: z.string() }),
  individual_responses: individualResponses,
  metadata,
})

export const problem = z.strictObject({
  type: z.string().min(1),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().optional(),
  instance: z.string(),
  trace_id: z.string(),
  errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).optional(),
})

/** What every event has; deltas have no `seq`. */
export const durableEvent = z.strictObject({
  type: z.enum([
    'query_started',
    'round_started',
    'model_started',
    'model_answered',
    'model_failed',
    'agreement_measured',
    'round_completed',
    'query_completed',
    'query_failed',
    'query_cancelled',
  ]),
  query_id: queryId,
  seq: z.int().positive(),
  at: moment,
  data: z.record(z.string(), z.unknown()),
})
export const passingEvent = z.strictObject({
  type: z.enum(['model_delta', 'synthesis_delta']),
  query_id: queryId,
  at: moment,
  data: z.looseObject({ attempt: z.int().positive(), text: z.string() }),
})
export const heartbeat = z.strictObject({
  type: z.literal('heartbeat'),
  query_id: queryId.nullable(),
  seq: z.int().nullable(),
  at: moment,
})

export const panel = z.strictObject({
  data: z.array(
    z.looseObject({
      name: z.string(),
      provider: z.string(),
      state: z.enum(['ok', 'degraded', 'down', 'unconfigured', 'sandbox']),
    }),
  ),
})

export const stats = z.strictObject({
  today: z.strictObject({ queries_count: z.int(), tokens_used: z.int() }),
  total_queries: z.int(),
  avg_confidence: share.nullable(),
  plan: z.string(),
})

export const page = z.strictObject({
  data: z.array(z.looseObject({ query_id: queryId, status: z.string() })),
  next_cursor: z.string().nullable(),
})

export const detail = z.looseObject({
  query_id: queryId,
  rounds: z.array(
    z.looseObject({
      round: z.int(),
      turns: z.array(
        z.looseObject({ turn_id: z.string(), model: z.string(), purpose: z.string(), status: z.string() }),
      ),
    }),
  ),
})
