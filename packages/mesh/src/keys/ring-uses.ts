import type { Db } from '@concord/database/database'
import { sql } from '@concord/database/sql'
import type { SQL } from '@concord/database/sql'

/** Rows of a table that cannot be read without the ring's key `keyId`. */
export type RingUse = { table: string; keyId: string; rows: number }

/** How a row of a table of this name tells the keys it needs. A sealed text begins with `v1.<key id>.`; the id `s` is a subject's own key. */
const keysOfRow: Record<string, SQL> = {
  subject_keys: sql`(select ring_key_id where wrapped_key is not null)`,
  signing_keys: sql`(select split_part(sealed_private_jwk, '.', 2))`,
  outbox: sealedWithin(),
  deliveries: sealedWithin(),
}

/** What needs which key of the ring, in these schemas. What lies in a broker cannot be seen from here. */
export async function ringUses(db: Db, schemas: readonly string[]): Promise<RingUse[]> {
  const { rows: tables } = await db.execute<{ schema: string; name: string }>(
    sql`select schemaname as schema, tablename as name from pg_tables order by 1, 2`,
  )
  const uses: RingUse[] = []
  for (const { schema, name } of tables) {
    const keys = keysOfRow[name]
    if (!keys || !schemas.includes(schema)) continue
    const { rows } = await db.execute<{ key: string; rows: number }>(
      sql`select key, count(*)::int as rows
          from ${sql.identifier(schema)}.${sql.identifier(name)}, lateral ${keys} needed(key) group by key order by key`,
    )
    uses.push(...rows.map((row) => ({ table: `${schema}.${name}`, keyId: row.key, rows: row.rows })))
  }
  return uses
}

/** Messages carry their sealed parts as texts within their JSON. */
function sealedWithin(): SQL {
  return sql`(select distinct found[1] from regexp_matches(body, '"v1\\.([A-Za-z0-9_-]{1,32})\\.', 'g') found where found[1] <> 's')`
}
