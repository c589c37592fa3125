import type { Domain } from '@concord/contracts/domains'
import type { AnswerType, Outcome, QueryStatus, Stage, TurnRecord } from '@concord/contracts/queries'
import type { DurableEvent } from '@concord/contracts/live-events'
import { inboxTable, outboxTable } from '@concord/messaging/tables'
import { idempotencyTable } from '@concord/service-kit/idempotency'
import { subjectKeysTable } from '@concord/vault/tables'
import { sql } from '@concord/database/sql'
import {
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
  unique,
} from '@concord/database/tables'
import type { FittedSettings } from '../learning/ports.ts'
import type { PanelEntry, PlainSettings, Waiting } from '../ports.ts'

export const consensus = pgSchema('consensus')

const moment = (name: string) => timestamp(name, { withTimezone: true })
const usage = {
  inputTokens: integer('input_tokens').notNull().default(0),
  outputTokens: integer('output_tokens').notNull().default(0),
  costUsd: doublePrecision('cost_usd').notNull().default(0),
}

export const queries = consensus.table(
  'queries',
  {
    id: text().primaryKey(),
    owner: text().notNull(),
    /** The UTC day whose count this query is part of. */
    day: date({ mode: 'string' }).notNull(),
    /** JSON of question and choices under the owner's key. */
    sealedQuestion: text('sealed_question').notNull(),
    settings: jsonb().$type<PlainSettings>().notNull(),
    /** What the question is about; null where it was asked before that was told. */
    domain: text().$type<Domain>(),
    /** What had been fitted when the query was asked. */
    fitted: jsonb().$type<FittedSettings>().notNull().default({}),
    /** The panel as it was when the query was asked: who answers, at what price, with which track record. */
    panel: jsonb().$type<PanelEntry[]>().notNull(),
    status: text().$type<QueryStatus>().notNull(),
    stage: text().$type<Stage>().notNull(),
    round: integer().notNull().default(0),
    /** The last event's number. */
    seq: integer().notNull().default(0),
    /** The turns that are out. Here rather than read from the turns, because the lock on this row then shows what is true now. */
    waiting: jsonb().$type<Waiting[]>().notNull(),
    createdAt: moment('created_at').notNull(),
    deadlineAt: moment('deadline_at').notNull(),
    /** When the sweep goes on without those who have not answered; null once the query has ended. */
    stageDeadlineAt: moment('stage_deadline_at'),
    stageStartedAt: moment('stage_started_at').notNull(),
    completedAt: moment('completed_at'),
    ...usage,
    degraded: boolean().notNull().default(false),
    sandbox: boolean().notNull().default(false),
    answerType: text('answer_type').$type<AnswerType>(),
    outcome: text().$type<Outcome>(),
    confidence: doublePrecision(),
    /** The canonical answer of a closed question, under the owner's key. */
    sealedAnswer: text('sealed_answer'),
  },
  (table) => [
    // The confidence is there for the person's average, which is then read from the index alone.
    index('queries_owner').on(table.owner, table.id, table.confidence),
    index('queries_created').on(table.createdAt),
    index('queries_overdue')
      .on(table.stageDeadlineAt)
      .where(sql`stage_deadline_at is not null`),
  ],
)

export const turns = consensus.table(
  'turns',
  {
    id: text().primaryKey(),
    queryId: text('query_id')
      .notNull()
      .references(() => queries.id, { onDelete: 'cascade' }),
    round: integer().notNull(),
    model: text().notNull(),
    purpose: text().$type<TurnRecord['purpose']>().notNull(),
    status: text().$type<Exclude<TurnRecord['status'], 'running'>>().notNull(),
    requestedAt: moment('requested_at').notNull(),
    completedAt: moment('completed_at'),
    latencyMs: integer('latency_ms'),
    sandbox: boolean().notNull().default(false),
    settled: boolean().notNull().default(false),
    ...usage,
    failureReason: text('failure_reason'),
    /** JSON of the output, or of what went wrong, under the owner's key. */
    sealedResult: text('sealed_result'),
  },
  (table) => [unique('turns_once').on(table.queryId, table.round, table.model, table.purpose)],
)

export const events = consensus.table(
  'events',
  {
    queryId: text('query_id')
      .notNull()
      .references(() => queries.id, { onDelete: 'cascade' }),
    seq: integer().notNull(),
    type: text().$type<DurableEvent['type']>().notNull(),
    at: moment('at').notNull(),
    sealedData: text('sealed_data').notNull(),
  },
  (table) => [primaryKey({ columns: [table.queryId, table.seq] })],
)

export const dailyUsage = consensus.table(
  'daily_usage',
  {
    owner: text().notNull(),
    day: date({ mode: 'string' }).notNull(),
    count: integer().notNull(),
    tokens: integer().notNull().default(0),
    /** Feedback that counted. */
    feedbacks: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.owner, table.day] }), index().on(table.day)],
)

export const idempotencyKeys = idempotencyTable(consensus)
export const outbox = outboxTable(consensus)
export const inbox = inboxTable(consensus)
export const subjectKeys = subjectKeysTable(consensus)
