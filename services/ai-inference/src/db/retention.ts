import { loadConfig } from '@concord/service-kit/config'
import { dayMs } from '@concord/service-kit/retention'
import type { RetentionRule } from '@concord/service-kit/retention'
import { z } from 'zod'
import { retentionSettings } from '../retention-settings.ts'
import { cancellations, inbox, turns, usage, usageDays } from './schema.ts'

const Settings = z.object(retentionSettings)

/** Longer than any redelivery. */
const inboxDays = 14
/** A query is over within minutes; nothing asks for its turns after that. */
const cancellationDays = 2

/** What ai-inference keeps for a while only. */
export function retentionRules(settings: z.output<typeof Settings>): readonly RetentionRule[] {
  const usageKept = { keepMs: settings.USAGE_RETENTION_DAYS * dayMs, setting: 'USAGE_RETENTION_DAYS' }
  return [
    {
      table: turns,
      age: turns.createdAt,
      keepMs: settings.TURN_RETENTION_DAYS * dayMs,
      setting: 'TURN_RETENTION_DAYS',
    },
    { table: cancellations, age: cancellations.createdAt, keepMs: cancellationDays * dayMs },
    { table: usage, age: usage.day, ...usageKept },
    { table: usageDays, age: usageDays.day, ...usageKept },
    { table: inbox, age: inbox.created_at, keepMs: inboxDays * dayMs },
  ]
}

export function retentionOf(environment: NodeJS.ProcessEnv): readonly RetentionRule[] {
  return retentionRules(loadConfig(Settings, environment))
}
