import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@concord/service-kit/logging'
import { Counter } from 'prom-client'
import type { Registry } from 'prom-client'
import type { UsageEntry, UsageStore } from './usage.ts'

export type UsageRecorder = {
  /** Never waits, never throws. */
  record(entry: UsageEntry): void
  /** Resolves when all that was recorded is stored; gives up after `closeWithinMs`. */
  close(): Promise<void>
}

export type RecorderOptions = {
  store: Pick<UsageStore, 'add'>
  logger: Logger
  metrics: Registry
  /** Milliseconds that an entry waits for others, so that one statement writes many. */
  delayMs?: number
  maxWaiting?: number
  closeWithinMs?: number
}

const batchSize = 1_000
const longestRetryMs = 5_000

/**
 * Writes usage behind the answers. Entries are kept while the database is away and written again; only a killed process loses
 * those of its last moments (a journal may have them), and only a database that stays away for very long the oldest.
 */
export function usageRecorder(options: RecorderOptions): UsageRecorder {
  const { store, logger, metrics, delayMs = 200, maxWaiting = 50_000, closeWithinMs = 4_000 } = options
  const lost = lostCounter(metrics)
  let waiting: UsageEntry[] = []
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined
  let failures = 0
  let closed = false

  function schedule(ms: number): void {
    timer ??= setTimeout(() => {
      timer = undefined
      void write()
    }, ms)
  }

  /** One at a time; resolves when nothing waits or a write has failed. */
  function write(): Promise<void> {
    writing ??= writeAll().finally(() => {
      writing = undefined
      if (waiting.length > 0 && !closed)
        schedule(failures > 0 ? Math.min(longestRetryMs, delayMs * 2 ** failures) : delayMs)
    })
    return writing
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchSize)
      try {
        await store.add(batch)
      } catch (err) {
        failures += 1
        logger.warn({ err, entries: waiting.length }, 'usage could not be stored and is kept')
        return
      }
      failures = 0
      waiting = waiting.slice(batch.length)
    }
  }

  async function close(): Promise<void> {
    closed = true
    clearTimeout(timer)
    const until = Date.now() + closeWithinMs
    while (waiting.length > 0 && Date.now() < until) {
      await write()
      if (waiting.length > 0) await sleep(delayMs)
    }
    if (waiting.length === 0) return
    lost.inc(waiting.length)
    logger.error({ entries: waiting.length }, 'usage was lost: the database stayed away')
  }

  return {
    record(entry) {
      if (waiting.length >= maxWaiting && !writing) {
        waiting.shift()
        lost.inc()
      }
      waiting.push(entry)
      schedule(delayMs)
    },
    close,
  }
}

function lostCounter(registry: Registry): Counter {
  return new Counter({
    name: 'ai_usage_lost_total',
    help: 'Calls whose usage could not be stored.',
    registers: [registry],
  })
}
