import { sql } from './sql.ts'
import type { Database } from './database.ts'
import type { Log } from './log.ts'

export type SharedClock = {
  now(): Date
  /** Resolves when the database has told its time, or has not within its deadlines. */
  started: Promise<void>
  close(): void
}

/**
 * The time of day by the database, which all replicas share: deadlines that one replica writes and another holds mean the same
 * moment to both, and a step of the clock of one machine moves none of them. In between it runs on the monotonic clock; where the
 * database cannot be asked it goes on from what it knew, at first from this machine's own time.
 */
export function sharedClock(
  { db }: Pick<Database, 'db'>,
  { everyMs = 30_000, logger }: { everyMs?: number; logger?: Log } = {},
): SharedClock {
  let known = { ms: Date.now(), at: performance.now() }

  async function ask(): Promise<void> {
    try {
      const askedAt = performance.now()
      const { rows } = await db.execute<{ ms: string }>(
        sql`select (extract(epoch from clock_timestamp()) * 1000)::text as ms`,
      )
      const answeredAt = performance.now()
      const ms = Number(rows[0]?.ms)
      // Told somewhere between question and answer: the middle is wrong by half of that at most.
      if (Number.isFinite(ms)) known = { ms, at: (askedAt + answeredAt) / 2 }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      logger?.warn({ reason }, 'the database did not tell the time; the clock goes on as it was')
    }
  }

  const timer = setInterval(() => void ask(), everyMs)
  timer.unref()
  return {
    now: () => new Date(known.ms + performance.now() - known.at),
    started: ask(),
    close: () => clearInterval(timer),
  }
}
