import path from 'node:path'
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Db } from '@concord/database/database'
import { sql } from '@concord/database/sql'
import { fingerprint, type Part } from './manifest.ts'

const rowsAtATime = 500

type Dump = { folder: string; schemas: readonly string[]; onProgress: (line: string) => void }

/**
 * For an engine that pg_dump cannot talk to: one file for each schema, a row a line as `table<TAB>JSON`, all of the one moment of
 * the transaction `tx`. The tables themselves come from the migrations.
 */
export async function dumpRows(tx: Db, { folder, schemas, onProgress }: Dump): Promise<Part[]> {
  const parts: Part[] = []
  for (const schema of schemas) {
    const file = `${schema}.rows.gz`
    const target = path.join(folder, file)
    const lines = rowsOf(tx, schema, (table, rows) => onProgress(`reading ${schema}.${table}: ${rows} rows`))
    await pipeline(lines, createGzip(), createWriteStream(target, { flags: 'wx', mode: 0o600, flush: true }))
    parts.push({ schema, file, ...(await fingerprint(target)), sequences: await sequencesOf(tx, schema) })
  }
  return parts
}

async function* rowsOf(
  tx: Db,
  schema: string,
  onRows: (table: string, rows: number) => void,
): AsyncGenerator<string, void> {
  const { rows: tables } = await tx.execute<{ name: string }>(
    sql`select tablename as name from pg_tables where schemaname = ${schema} order by 1`,
  )
  for (const { name } of tables) {
    const from = sql`${sql.identifier(schema)}.${sql.identifier(name)}`
    await tx.execute(sql`declare reader no scroll cursor for select row_to_json(kept)::text as line from ${from} kept`)
    let read = 0
    for (;;) {
      const { rows } = await tx.execute<{ line: string }>(sql.raw(`fetch ${rowsAtATime} from reader`))
      if (rows.length === 0) break
      onRows(name, (read += rows.length))
      yield rows.map(({ line }) => `${name}\t${line}\n`).join('')
    }
    await tx.execute(sql`close reader`)
  }
}

async function sequencesOf(tx: Db, schema: string): Promise<Record<string, string>> {
  const { rows } = await tx.execute<{ name: string; last: string }>(
    sql`select sequencename as name, last_value::text as last from pg_sequences
        where schemaname = ${schema} and last_value is not null`,
  )
  return Object.fromEntries(rows.map(({ name, last }) => [name, last]))
}
