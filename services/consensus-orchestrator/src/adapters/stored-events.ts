import { DurableEvent } from '@concord/contracts/live-events'
import type { StoredEvents } from '@concord/contracts/live-events'
import type { Db } from '@concord/database/database'
import type { Vault } from '@concord/vault/vault'
import { and, asc, eq, gt } from '@concord/database/sql'
import { events, queries } from '../db/schema.ts'
import { boundTo } from './query-rows.ts'

type Range = { id: string; after: number; limit: number }

/** One statement, so that the events, their last number and the end belong to one moment. */
export async function storedEvents(
  db: Db,
  vault: Vault,
  { id, after, limit }: Range,
): Promise<StoredEvents | undefined> {
  const rows = await db
    .select({ query: { owner: queries.owner, seq: queries.seq, completedAt: queries.completedAt }, event: events })
    .from(queries)
    .leftJoin(events, and(eq(events.queryId, queries.id), gt(events.seq, after)))
    .where(eq(queries.id, id))
    .orderBy(asc(events.seq))
    .limit(limit)
  const query = rows[0]?.query
  if (!query) return undefined
  const found = rows.flatMap(({ event }) => (event === null ? [] : [event]))
  const items = found.map(({ seq, sealedData }) => ({ aad: boundTo.event(id, seq), sealed: sealedData }))
  const opened = await vault.decryptMany(db, query.owner, items)
  return {
    user_id: query.owner,
    ended: query.completedAt !== null,
    last_seq: query.seq,
    events: found.map(({ type, seq, at }, index) =>
      DurableEvent.parse({ type, query_id: id, seq, at: at.toISOString(), data: JSON.parse(opened[index] ?? '') }),
    ),
  }
}
