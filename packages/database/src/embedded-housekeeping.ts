import type { PGlite } from '@electric-sql/pglite'
import type { EngineTurns } from './embedded-turns.ts'

const everyMs = 60_000

/**
 * A single-session engine has no autovacuum: without this, tables that are written and emptied all day (outbox, deliveries)
 * would only grow. Takes its turn like a connection.
 */
export function startHousekeeping(pglite: PGlite, shared: EngineTurns): { stop(): void } {
  const member = shared.join({ answer: () => {}, pending: () => {}, expel: () => {} })
  const timer = setInterval(() => shared.enqueue(member, { ends: true, run: () => vacuumWorn(pglite) }), everyMs)
  return {
    stop: () => {
      clearInterval(timer)
      shared.leave(member)
    },
  }
}

/** Vacuums the tables of which a fifth is dead, as PostgreSQL's own autovacuum does. */
export async function vacuumWorn(pglite: PGlite): Promise<void> {
  // What the statements so far have changed is otherwise counted up to a second later.
  await pglite.exec('select pg_stat_force_next_flush()')
  const { rows } = await pglite.query<{ name: string }>(
    `select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables
     where n_dead_tup > 50 + 0.2 * n_live_tup or n_mod_since_analyze > 50 + 0.1 * n_live_tup`,
  )
  for (const { name } of rows) await pglite.exec(`vacuum (analyze) ${name}`)
}
