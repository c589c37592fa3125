import type { Db } from '@concord/database/database'
import { sql } from '@concord/database/sql'
import { integer, pgSchema } from '@concord/database/tables'
import { inboxTable, outboxTable } from '../src/tables.ts'

const schema = pgSchema('service')

export const outbox = outboxTable(schema)
export const inbox = inboxTable(schema)
/** How often the effect of event `n` was applied. */
export const effects = schema.table('effects', { n: integer().primaryKey(), applied: integer().notNull() })

/** The tables of a service, as its migrations would make them. */
export async function createServiceTables(db: Db): Promise<void> {
  await db.execute(sql`create schema service`)
  await db.execute(sql`
    create table service.outbox (
      position bigint primary key generated always as identity, id uuid not null, type text not null,
      body text not null, traceparent text, created_at timestamptz not null default now())`)
  await db.execute(sql`
    create table service.inbox (
      handler text, message_id uuid, created_at timestamptz not null default now(), primary key (message_id, handler))`)
  await db.execute(sql`create table service.effects (n integer primary key, applied integer not null)`)
}

export async function applyEffect(tx: Db, n: number): Promise<void> {
  const again = { target: effects.n, set: { applied: sql`${effects.applied} + 1` } }
  await tx.insert(effects).values({ n, applied: 1 }).onConflictDoUpdate(again)
}

export async function countEffects(db: Db): Promise<{ applied: number; most: number }> {
  const rows = await db.select().from(effects)
  return { applied: rows.length, most: Math.max(0, ...rows.map((row) => row.applied)) }
}
