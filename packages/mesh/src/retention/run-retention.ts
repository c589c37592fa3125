import { openDatabase } from '@concord/database/database'
import { countDue, dayMs, removeDue, tableOf } from '@concord/service-kit/retention'
import type { RetentionRule } from '@concord/service-kit/retention'

export type KeptTable = {
  table: string
  /** Days after which a row goes; a part of a day where the period is shorter. */
  keepDays: number
  /** The setting it comes from; null where it is fixed. */
  setting: string | null
  /** Removed now, or with `dryRun` due. What hangs on a row and goes with it is not counted. */
  rows: number
}

/** To count or to remove takes a while on a large table. */
const statementTimeoutMs = 10 * 60_000

type Options = { url: string; rules: readonly RetentionRule[]; dryRun: boolean; onProgress: (line: string) => void }

/** Removes from all tables what is past its period, or only counts it. Safe beside running services, and to be cut short. */
export async function runRetention({ url, rules, dryRun, onProgress }: Options): Promise<KeptTable[]> {
  const database = openDatabase({ url, applicationName: 'concord', poolMax: 2, statementTimeoutMs })
  try {
    const kept: KeptTable[] = []
    for (const rule of rules) {
      const table = tableOf(rule)
      let removed = 0
      onProgress(table)
      const onBatch = (count: number) => onProgress(`${table}: ${(removed += count)} rows`)
      const rows = dryRun ? await countDue(database.db, rule) : await removeDue(database.db, rule, { onBatch })
      kept.push({ table, keepDays: rule.keepMs / dayMs, setting: rule.setting ?? null, rows })
    }
    return kept
  } finally {
    await database.close()
  }
}
