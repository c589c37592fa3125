import { loadConfig } from '@concord/service-kit/config'
import { idempotencyRetention } from '@concord/service-kit/idempotency'
import { dayMs } from '@concord/service-kit/retention'
import type { RetentionRule } from '@concord/service-kit/retention'
import { isNull } from '@concord/database/sql'
import { z } from 'zod'
import { anchorTurns } from './learning-schema.ts'
import { retentionSettings } from '../retention-settings.ts'
import { dailyUsage, idempotencyKeys, inbox, queries } from './schema.ts'

const Settings = z.object(retentionSettings)

/** Longer than any redelivery. */
const inboxDays = 7
/** More than half a year, in which no model is asked the same anchor again, and than the year that settings are fitted to. */
const anchorDays = 400
/** A query has some fifty rows that go with it. */
const queriesPerBatch = 50

/** What the orchestrator keeps for a while only. What was learned from queries stays: nobody can be found from it. */
export function retentionRules(settings: z.output<typeof Settings>): readonly RetentionRule[] {
  return [
    {
      table: queries,
      age: queries.createdAt,
      keepMs: settings.QUERY_RETENTION_DAYS * dayMs,
      setting: 'QUERY_RETENTION_DAYS',
      // One that has not ended has a deadline, at which it will be.
      only: isNull(queries.stageDeadlineAt),
      rowsPerBatch: queriesPerBatch,
    },
    {
      table: dailyUsage,
      age: dailyUsage.day,
      keepMs: settings.USAGE_RETENTION_DAYS * dayMs,
      setting: 'USAGE_RETENTION_DAYS',
    },
    { table: anchorTurns, age: anchorTurns.askedAt, keepMs: anchorDays * dayMs },
    { table: inbox, age: inbox.created_at, keepMs: inboxDays * dayMs },
    idempotencyRetention(idempotencyKeys),
  ]
}

export function retentionOf(environment: NodeJS.ProcessEnv): readonly RetentionRule[] {
  return retentionRules(loadConfig(Settings, environment))
}
