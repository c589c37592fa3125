import type { Database, Db } from '@concord/database/database'
import type { Delivery } from './bus.ts'
import type { InboxTable } from './tables.ts'

/** Runs the effect at most once for each event, however often the event is delivered: claim and effect commit together. */
export function once<Event extends { id: string }>(
  { database, inbox, handler }: { database: Pick<Database, 'db'>; inbox: InboxTable; handler: string },
  effect: (tx: Db, event: Event, delivery: Delivery) => Promise<void>,
): (event: Event, delivery: Delivery) => Promise<void> {
  return async function handleOnce(event, delivery) {
    await database.db.transaction(async (tx) => {
      if (await claimOnce(tx, inbox, handler, event.id)) await effect(tx, event, delivery)
    })
  }
}

/**
 * True for the first transaction that claims the message and commits; a concurrent claim waits for that one to end.
 * Call it in the transaction that writes the effect.
 */
export async function claimOnce(tx: Db, inbox: InboxTable, handler: string, messageId: string): Promise<boolean> {
  const { rowCount } = await tx.insert(inbox).values({ handler, message_id: messageId }).onConflictDoNothing()
  return rowCount === 1
}
