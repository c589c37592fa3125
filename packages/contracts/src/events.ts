import { z } from 'zod'
import { defineEvent } from './envelope.ts'
import { AnchorTurnId, QueryId, SessionId, TurnId, UserId } from './ids.ts'
import { Plan, Role } from './plans.ts'
import { ModelName } from './queries.ts'
import { TurnFailure, TurnPurpose } from './turns.ts'

const turn = {
  turn_id: TurnId,
  query_id: z.union([QueryId, AnchorTurnId]),
  user_id: UserId,
  model: ModelName,
  round: z.int().nonnegative(),
  purpose: TurnPurpose,
}
const usage = {
  input_tokens: z.int().nonnegative(),
  output_tokens: z.int().nonnegative(),
  cost_usd: z.number().nonnegative(),
}

export const userRegistered = defineEvent('user.registered.v1', z.object({ user_id: UserId, plan: Plan }))
export const userRoleChanged = defineEvent(
  'user.role-changed.v1',
  z.object({ user_id: UserId, role: Role, by: z.string() }),
)
export const userPlanChanged = defineEvent(
  'user.plan-changed.v1',
  z.object({ user_id: UserId, plan: Plan, by: z.string() }),
)
export const userErased = defineEvent('user.erased.v1', z.object({ user_id: UserId }))
export const sessionRevoked = defineEvent(
  'session.revoked.v1',
  z.object({ user_id: UserId, sid: SessionId, until: z.iso.datetime() }),
)

export const querySubmitted = defineEvent('query.submitted.v1', z.object({ query_id: QueryId, user_id: UserId }))
export const queryCompleted = defineEvent(
  'query.completed.v1',
  z.object({
    query_id: QueryId,
    user_id: UserId,
    confidence: z.number(),
    outcome: z.string(),
    degraded: z.boolean(),
    ...usage,
  }),
)
export const queryFailed = defineEvent(
  'query.failed.v1',
  z.object({ query_id: QueryId, user_id: UserId, code: z.string(), ...usage }),
)
export const queryCancelled = defineEvent(
  'query.cancelled.v1',
  z.object({ query_id: QueryId, user_id: UserId, ...usage }),
)

/**
 * `sealed_prompt` is a TurnPrompt under the vault's ring, bound to `turn|<turn_id>|prompt`. An answer is of no use after `deadline_at`; the turn
 * may take `time_limit_ms` from when it is taken up, which is not before somebody is there to do so.
 */
export const turnRequested = defineEvent(
  'turn.requested.v1',
  z.object({
    ...turn,
    deadline_at: z.iso.datetime(),
    time_limit_ms: z.int().nonnegative().optional(),
    sealed_prompt: z.string(),
  }),
)
export const turnStarted = defineEvent('turn.started.v1', z.object({ ...turn, attempt: z.int().positive() }))
/** `sealed_output` is a TurnOutput under the vault's ring, bound to `turn|<turn_id>|output`. */
export const turnCompleted = defineEvent(
  'turn.completed.v1',
  z.object({
    ...turn,
    ...usage,
    sealed_output: z.string(),
    provider_model: z.string(),
    sandbox: z.boolean(),
    salvaged: z.boolean(),
    attempts: z.int().positive(),
    latency_ms: z.int().nonnegative(),
  }),
)
export const turnFailed = defineEvent(
  'turn.failed.v1',
  z.object({
    ...turn,
    ...usage,
    reason: TurnFailure,
    detail: z.string(),
    attempts: z.int().nonnegative(),
    sandbox: z.boolean(),
  }),
)
/** Stops the named turns, or all of the query where none is named. */
export const turnCancelled = defineEvent(
  'turn.cancelled.v1',
  z.object({ query_id: QueryId, user_id: UserId, turn_ids: z.array(TurnId).max(512) }),
)
