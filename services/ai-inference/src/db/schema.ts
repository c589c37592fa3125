import type { TurnFailure, TurnPurpose } from '@concord/contracts/turns'
import { inboxTable, outboxTable } from '@concord/messaging/tables'
import { subjectKeysTable } from '@concord/vault/tables'
import { sql } from '@concord/database/sql'
import {
  bigint,
  boolean,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uuid,
} from '@concord/database/tables'

export const inference = pgSchema('inference')

const moment = (name: string) => timestamp(name, { withTimezone: true })

/** One row per turn that was ever taken up. While it is `running` it belongs to `leaseOwner` until `leaseUntil`. */
export const turns = inference.table(
  'turns',
  {
    id: text().primaryKey(),
    queryId: text('query_id').notNull(),
    userId: text('user_id').notNull(),
    model: text().notNull(),
    round: integer().notNull(),
    purpose: text().$type<TurnPurpose>().notNull(),
    state: text().$type<'running' | 'completed' | 'failed'>().notNull().default('running'),
    deadlineAt: moment('deadline_at').notNull(),
    claims: integer().notNull().default(1),
    leaseOwner: text('lease_owner').notNull(),
    leaseUntil: moment('lease_until').notNull(),
    /** The TurnOutput as JSON under the user's own key, bound to `turns|<id>|output`. */
    sealedOutput: text('sealed_output'),
    providerModel: text('provider_model'),
    sandbox: boolean().notNull().default(false),
    salvaged: boolean().notNull().default(false),
    failure: text().$type<TurnFailure>(),
    detail: text(),
    attempts: integer().notNull().default(0),
    inputTokens: integer('input_tokens').notNull().default(0),
    outputTokens: integer('output_tokens').notNull().default(0),
    costUsd: doublePrecision('cost_usd').notNull().default(0),
    latencyMs: integer('latency_ms'),
    createdAt: moment('created_at').notNull().defaultNow(),
    finishedAt: moment('finished_at'),
  },
  (table) => [
    index().on(table.createdAt),
    index('turns_running_of_user')
      .on(table.userId)
      .where(sql`state = 'running'`),
    index('turns_latencies')
      .on(table.model, table.finishedAt)
      .where(sql`state = 'completed'`),
  ],
)

/** What is not to be asked any more. An empty `turnId` stands for every turn of the query. */
export const cancellations = inference.table(
  'cancellations',
  {
    queryId: text('query_id').notNull(),
    turnId: text('turn_id').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.queryId, table.turnId] }), index().on(table.createdAt)],
)

/** One row per call of a single model by a user. What an erased user spent stays, without saying whose it was. */
export const usage = inference.table(
  'usage',
  {
    id: uuid().primaryKey(),
    userId: text('user_id'),
    /** The UTC day on which the call began. */
    day: date({ mode: 'string' }).notNull(),
    at: moment('at').notNull(),
    feature: text().notNull(),
    provider: text().notNull(),
    model: text().notNull(),
    inputTokens: integer('input_tokens').notNull(),
    /** Among the input tokens. */
    cachedInputTokens: integer('cached_input_tokens').notNull(),
    outputTokens: integer('output_tokens').notNull(),
    costUsd: doublePrecision('cost_usd').notNull(),
    status: text().notNull(),
    /** The provider did not tell the tokens. */
    estimated: boolean().notNull(),
    sandbox: boolean().notNull(),
    latencyMs: integer('latency_ms').notNull(),
  },
  (table) => [index().on(table.userId, table.day), index().on(table.day)],
)

/** What a user spent of a day's budget: the sum of the rows in `usage`. */
export const usageDays = inference.table(
  'usage_days',
  {
    userId: text('user_id').notNull(),
    day: date({ mode: 'string' }).notNull(),
    tokens: bigint({ mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.day] }), index().on(table.day)],
)

/** Calls under way that have lasted a moment: what they took so far, should their process not live to write it down. */
export const openCalls = inference.table(
  'open_calls',
  {
    id: uuid().primaryKey(),
    owner: text().notNull(),
    seenAt: moment('seen_at').notNull(),
    entry: jsonb().$type<Record<string, unknown>>().notNull(),
  },
  (table) => [index().on(table.owner)],
)

export const outbox = outboxTable(inference)
export const inbox = inboxTable(inference)
export const subjectKeys = subjectKeysTable(inference)
