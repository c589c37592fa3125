import type { Db } from '@concord/database/database'
import { Counter, Gauge } from 'prom-client'
import type { Registry } from 'prom-client'
import type { Job } from './jobs.ts'
import type { Logger } from './logging.ts'
import { removeDue, tableOf } from './retention.ts'
import type { RetentionRule } from './retention.ts'

const everyMs = 60 * 60 * 1_000

/** The hourly job that keeps a service to its retention. A table that fails is logged, and does not hold up the others. */
export function retentionJob(
  rules: readonly RetentionRule[],
  { db, metrics, logger }: { db: Db; metrics: Registry; logger: Logger },
): Job {
  const measures = retentionMeasures(metrics, rules)
  return {
    name: 'retention',
    everyMs,
    async run(signal) {
      for (const rule of rules) {
        const table = tableOf(rule)
        const end = measures.begin(table)
        try {
          const rows = await removeDue(db, rule, { signal, onBatch: (count) => measures.removed(table, count) })
          if (signal.aborted) return
          end()
          if (rows > 0) logger.info({ table, rows }, 'removed what had been kept for its time')
        } catch (err) {
          if (!signal.aborted) logger.error({ err, table }, 'retention failed; it is tried again in an hour')
        }
      }
    },
  }
}

/** Counted from the start, so that a service in which retention never ran shows it as well. */
function retentionMeasures(registry: Registry, rules: readonly RetentionRule[]) {
  const labelNames = ['table'] as const
  const registers = [registry]
  const removed = new Counter({
    name: 'retention_rows_removed_total',
    help: 'Rows removed because their time was over; what went with them is not counted.',
    labelNames,
    registers,
  })
  const lastRun = new Gauge({
    name: 'retention_last_run_timestamp_seconds',
    help: 'When the last run that did not fail ended; until then, when the process began.',
    labelNames,
    registers,
  })
  const duration = new Gauge({
    name: 'retention_run_duration_seconds',
    help: 'How long the last run took.',
    labelNames,
    registers,
  })
  for (const table of rules.map(tableOf)) {
    removed.inc({ table }, 0)
    lastRun.setToCurrentTime({ table })
    duration.set({ table }, 0)
  }
  return {
    removed: (table: string, rows: number) => removed.inc({ table }, rows),
    begin(table: string): () => void {
      const startedAt = performance.now()
      return () => {
        duration.set({ table }, (performance.now() - startedAt) / 1_000)
        lastRun.setToCurrentTime({ table })
      }
    },
  }
}
