import type { Database, Db } from '@concord/database/database'
import type { EventDefinition } from '@concord/contracts/envelope'
import { sql } from '@concord/database/sql'
import { getTableConfig } from '@concord/database/tables'
import { uuidv7 } from 'uuidv7'
import type { Bus, BusMessage } from './bus.ts'
import { encodeBody } from './encode-body.ts'
import { describe } from './errors.ts'
import type { Logger } from './logger.ts'
import type { OutboxTable } from './tables.ts'
import { within } from './within.ts'

export type Envelope = { id: string; time: string; source: string; type: string; traceparent?: string | undefined }

/** What the caller knows of an event; `id` (UUIDv7), `time` and `source` (the outbox's schema) are filled in if absent. */
export type EventInput<Event> = Omit<Event, keyof Envelope> & Partial<Omit<Envelope, 'type'>>

/**
 * Writes the event into the outbox. Call it in the transaction that changes the state the event tells about, and
 * `relay.nudge()` after the commit. Throws when the event breaks its contract or is larger than `maxBodyBytes`.
 */
export async function enqueue<Event extends Envelope>(
  tx: Db,
  outbox: OutboxTable,
  definition: EventDefinition<Event>,
  event: EventInput<Event>,
  options: { traceparent?: string | undefined } = {},
): Promise<void> {
  await tx.insert(outbox).values(outboxRow(outbox, definition, event, options))
}

export type OutboxRow = Pick<OutboxTable['$inferInsert'], 'id' | 'type' | 'body' | 'traceparent'>

/** The row that `enqueue` inserts, for those who write many events in one statement of their own. Throws as `enqueue` does. */
export function outboxRow<Event extends Envelope>(
  outbox: OutboxTable,
  definition: EventDefinition<Event>,
  event: EventInput<Event>,
  { traceparent = event.traceparent }: { traceparent?: string | undefined } = {},
): OutboxRow {
  const { type } = definition
  const envelope = definition.schema.parse({
    id: uuidv7(),
    time: new Date().toISOString(),
    source: getTableConfig(outbox).schema,
    ...event,
    type,
    ...(traceparent === undefined ? {} : { traceparent }),
  })
  return { id: envelope.id, type, body: encodeBody(type, envelope), traceparent: traceparent ?? null }
}

export type Relay = {
  /** Looks into the outbox now. A hint: the poll is the truth. */
  nudge(): void
  /** Milliseconds that the oldest unpublished event has waited; 0 when there is none. */
  lag(): Promise<number>
  /** Ends after the batch on its way. */
  close(): Promise<void>
}

export type RelayOptions = {
  database: Pick<Database, 'db'>
  outbox: OutboxTable
  bus: Pick<Bus, 'publish' | 'wake' | 'ping'>
  logger: Logger
  pollMs?: number
  batchSize?: number
}

/**
 * Moves committed events to the bus, in the order of their positions. Several relays share an outbox: each takes rows that
 * no other holds, so order holds per relay only. While the bus is down it waits longer and longer, up to 10 s.
 */
export function startRelay({ pollMs = 1000, batchSize = 100, ...o }: RelayOptions): Relay {
  const closing = new AbortController()
  let failures = 0
  let nudged = false
  let wakeUp: (() => void) | undefined

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      nudged = false
      const more = await attempt()
      if (!more && !nudged) await pause(failures === 0 ? pollMs : backoffMs(failures))
    }
  }

  async function attempt(): Promise<boolean> {
    try {
      // A bus that is down must not be waited for inside a transaction, least of all in the only session there is.
      if (failures > 0) await o.bus.ping()
      const published = await relayOnce(o.database, o.outbox, o.bus, batchSize)
      failures = 0
      return published === batchSize
    } catch (error) {
      failures += 1
      nudged = false
      o.logger.warn({ reason: describe(error), failures }, 'the outbox could not be relayed; it will be tried again')
      return false
    }
  }

  async function pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    wakeUp = resolve
    if (closing.signal.aborted) resolve()
    await within(ms, promise)
  }

  const running = run()

  return {
    nudge() {
      nudged = true
      if (failures === 0) wakeUp?.()
    },
    lag: () => lag(o.database.db, o.outbox),
    async close() {
      closing.abort()
      wakeUp?.()
      await running
    },
  }
}

async function lag(db: Db, outbox: OutboxTable): Promise<number> {
  const waitedMs = sql<string>`coalesce(extract(epoch from now() - min(${outbox.created_at})) * 1000, 0)::text`
  const [row] = await db.select({ waitedMs }).from(outbox)
  return Math.max(0, Number(row?.waitedMs))
}

/**
 * Publishes up to `batchSize` events and removes them in one transaction, and answers how many. A crash before the commit
 * publishes them again: repeated perhaps, lost never.
 */
export async function relayOnce(
  database: Pick<Database, 'db'>,
  outbox: OutboxTable,
  bus: Pick<Bus, 'publish' | 'wake'>,
  batchSize: number,
): Promise<number> {
  const count = await database.db.transaction(async (tx) => {
    const messages = await takeBatch(tx, outbox, batchSize)
    if (messages.length > 0) await bus.publish(messages, { tx })
    return messages.length
  })
  if (count > 0) bus.wake()
  return count
}

async function takeBatch(tx: Db, outbox: OutboxTable, batchSize: number): Promise<BusMessage[]> {
  const batch = tx
    .$with('batch')
    .as(
      tx
        .select({ next: outbox.position })
        .from(outbox)
        .orderBy(outbox.position)
        .limit(batchSize)
        .for('update', { skipLocked: true }),
    )
  const rows = await tx
    .with(batch)
    .delete(outbox)
    .where(sql`${outbox.position} in (select ${batch.next} from ${batch})`)
    .returning()
  return rows
    .toSorted((a, b) => a.position - b.position)
    .map(({ id, type, body, traceparent }) => ({
      id,
      type,
      body: JSON.parse(body),
      headers: traceparent ? { traceparent } : {},
    }))
}

function backoffMs(failures: number): number {
  return Math.min(10_000, 100 * 2 ** failures) * (0.75 + Math.random() / 2)
}
