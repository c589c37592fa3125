import type { Domain } from '@concord/contracts/domains'
import type { Reliability as ShownReliability } from '@concord/contracts/panel'
import { sql } from '@concord/database/sql'
import {
  boolean,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  primaryKey,
  smallint,
  text,
  timestamp,
} from '@concord/database/tables'
import type { Reliability } from '../decision/model.ts'
import type { FittedSettings, Grade, PastBallots, Scope, Source, Task } from '../learning/ports.ts'
import { consensus, queries } from './schema.ts'

const moment = (name: string) => timestamp(name, { withTimezone: true })
const modelKey = {
  model: text().notNull(),
  providerModel: text('provider_model').notNull(),
  /** Answers of an emulated model say nothing of the real one. */
  sandbox: boolean().notNull(),
}
const queryId = () =>
  text('query_id')
    .primaryKey()
    .references(() => queries.id, { onDelete: 'cascade' })

/** How often answers stated with one confidence were right. No query and no person can be found from it. */
export const gradedCounts = consensus.table(
  'graded_counts',
  {
    ...modelKey,
    domain: text().$type<Domain>().notNull(),
    source: text().$type<Source>().notNull(),
    /** Per cent; -1 where none was stated. */
    confidence: smallint().notNull(),
    right: doublePrecision().notNull(),
    wrong: doublePrecision().notNull(),
    abstained: doublePrecision().notNull(),
  },
  ({ model, providerModel, sandbox, domain, source, confidence }) => [
    primaryKey({ name: 'graded_counts_pk', columns: [model, providerModel, sandbox, domain, source, confidence] }),
  ],
)

export const reliabilities = consensus.table(
  'reliabilities',
  {
    ...modelKey,
    scope: text().$type<Scope>().notNull(),
    current: jsonb().$type<Reliability>().notNull(),
    /** As it was when the day began: what the day's cap is counted from. */
    former: jsonb().$type<Reliability>().notNull(),
    day: date({ mode: 'string' }).notNull(),
    shown: jsonb().$type<ShownReliability>().notNull(),
    disagreement: doublePrecision(),
  },
  ({ model, providerModel, sandbox, scope }) => [
    primaryKey({ name: 'reliabilities_pk', columns: [model, providerModel, sandbox, scope] }),
  ],
)

export const fittedSettings = consensus.table(
  'fitted_settings',
  {
    sandbox: boolean().notNull(),
    scope: text().$type<Scope>().notNull(),
    models: integer().notNull(),
    questions: integer().notNull(),
    settings: jsonb().$type<FittedSettings>().notNull(),
    day: date({ mode: 'string' }).notNull(),
  },
  ({ sandbox, scope }) => [primaryKey({ columns: [sandbox, scope] })],
)

/** What a user said of an answer, as grades: enough to take them back when it is said anew. */
export const feedback = consensus.table('feedback', {
  queryId: queryId(),
  correct: boolean().notNull(),
  counted: boolean().notNull(),
  domain: text().$type<Domain>().notNull(),
  grades: jsonb().$type<Grade[]>().notNull(),
  givenAt: moment('given_at').notNull(),
})

/** Who agreed with whom on a closed question. */
export const pastBallots = consensus.table(
  'past_ballots',
  {
    queryId: queryId(),
    domain: text().$type<Domain>().notNull(),
    options: integer().notNull(),
    ballots: jsonb().$type<PastBallots['ballots'][number][]>().notNull(),
    /** What they were graded by agreement; null until then. */
    grades: jsonb().$type<Grade[]>(),
    gradedOn: date('graded_on', { mode: 'string' }),
  },
  (table) => [
    index('past_ballots_ungraded')
      .on(table.queryId)
      .where(sql`graded_on is null`),
  ],
)

/** Questions with known answers that were asked of models; nobody's queries. */
export const anchorTurns = consensus.table(
  'anchor_turns',
  {
    id: text().primaryKey(),
    turnId: text('turn_id').notNull(),
    anchorId: text('anchor_id').notNull(),
    domain: text().$type<Domain>().notNull(),
    ...modelKey,
    status: text().$type<'asked' | 'graded' | 'lost'>().notNull(),
    askedAt: moment('asked_at').notNull(),
    deadlineAt: moment('deadline_at').notNull(),
    /** The most it can cost until it has ended. */
    costUsd: doublePrecision('cost_usd').notNull(),
    right: boolean(),
    answer: text(),
    confidence: smallint(),
  },
  (table) => [
    index('anchor_turns_asked').on(table.askedAt),
    index('anchor_turns_out')
      .on(table.deadlineAt)
      .where(sql`status = 'asked'`),
  ],
)

/** What one replica does at a time; its row is what they take turns by. */
export const learningTasks = consensus.table('learning_tasks', {
  task: text().$type<Task | 'grades'>().primaryKey(),
  doneOn: date('done_on', { mode: 'string' }),
})
