import type { Database } from '@concord/database/database'
import { and, eq, inArray, isNull, notInArray, sql } from '@concord/database/sql'
import { fileURLToPath } from 'node:url'
import type { Bus, Subscription } from './bus.ts'
import { inProcessDeadLetters } from './in-process-dead-letters.ts'
import { createDeliveries } from './in-process-deliveries.ts'
import { createWorker } from './in-process-worker.ts'
import type { Logger } from './logger.ts'
import { mayBeAlive, newOwner } from './process-liveness.ts'
import { deliveries, subscriptions } from './schema.ts'

/** For `migrate({ url, ...busMigrations })`, before the bus is used. */
export const busMigrations = { service: 'bus', folder: fileURLToPath(new URL('../migrations', import.meta.url)) }

export type InProcessBusOptions = {
  database: Database
  logger: Logger
  pollMs?: number
  leaseMs?: number
  graceMs?: number
}

/**
 * The bus as a table in `database`: publishing inserts one delivery for each subscriber, consumers lease and delete them.
 * Made for one process, whose consumers are woken at once; others on the same database are found by the poll. Every
 * service's outbox is in that database too, so a relay moves events in one transaction. The caller closes the database.
 */
export function inProcessBus({
  database,
  logger,
  pollMs = 1000,
  leaseMs = 20_000,
  graceMs = 5000,
}: InProcessBusOptions): Bus {
  const owner = newOwner()
  const store = createDeliveries({ database, owner: owner.name, leaseMs })
  const worker = createWorker({ deliveries: store, logger, pollMs, leaseMs, graceMs })
  const declared = new Set<string>()

  return {
    async publish(messages, { tx } = {}) {
      if (messages.length === 0) return
      await store.insert(tx ?? database.db, messages)
      if (!tx) worker.wake()
    },
    wake: () => worker.wake(),
    async declare(service, own) {
      for (const { handler } of own) declared.add(handler)
      await declare(database, service, own)
    },
    async consume(_service, own) {
      const dead = (await store.owners()).filter((name) => !mayBeAlive(name))
      if (dead.length > 0) await store.voidLeases(dead)
      return worker.consume(own)
    },
    deadLetters: inProcessDeadLetters(database, () => worker.wake()),
    async depth() {
      return { ...Object.fromEntries([...declared].map((handler) => [handler, 0])), ...(await store.waiting()) }
    },
    ping: () => database.ping(),
    async close() {
      await worker.close()
      owner.retire()
    },
  }
}

/** Handlers that the service no longer has get nothing more; what still waited for them becomes dead letters. */
async function declare({ db }: Database, service: string, own: readonly Subscription[]): Promise<void> {
  const rows = own.map(({ handler, type }) => ({ handler, service, type }))
  const handlers = rows.map(({ handler }) => handler)
  await db.transaction(async (tx) => {
    const gone = await tx
      .delete(subscriptions)
      .where(and(eq(subscriptions.service, service), notInArray(subscriptions.handler, handlers)))
      .returning()
    if (gone.length > 0) {
      const names = gone.map(({ handler }) => handler)
      await tx
        .update(deliveries)
        .set({ dead_at: sql`now()`, reason: 'the handler is no longer subscribed', leased_by: null })
        .where(and(inArray(deliveries.handler, names), isNull(deliveries.dead_at)))
    }
    if (rows.length > 0) {
      const latest = { service: sql`excluded.service`, type: sql`excluded.type` }
      await tx.insert(subscriptions).values(rows).onConflictDoUpdate({ target: subscriptions.handler, set: latest })
    }
  })
}
