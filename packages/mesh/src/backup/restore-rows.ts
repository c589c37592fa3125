import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import type { Database, Db } from '@concord/database/database'
import { migrate } from '@concord/database/migrate'
import { sql } from '@concord/database/sql'
import { z } from 'zod'
import { PlainError } from '../plain-error.ts'
import type { AppliedMigrations } from './describe-database.ts'
import type { Part } from './manifest.ts'

const mostRows = 500
const mostBytes = 2_000_000

type Migrations = { service: string; folder: string }
type Restore = {
  folder: string
  parts: readonly Part[]
  onProgress: (line: string) => void
}

/** Makes the tables as they were when the backup was taken, by its migrations and no later ones. */
export async function makeTables(
  url: string,
  wanted: readonly AppliedMigrations[],
  known: readonly Migrations[],
): Promise<void> {
  for (const { service, last } of wanted) {
    const migrations = known.find((one) => one.service === service)
    if (!migrations) throw new PlainError(`The backup holds tables of ${service}, which this version does not know.`)
    const folder = await migrationsUpTo(migrations.folder, last)
    try {
      await migrate({ url, service, folder })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
}

const Journal = z.looseObject({ entries: z.array(z.looseObject({ when: z.number(), tag: z.string() })) })

/** When the last of them was made that this program knows; 0 for a service that it does not know. */
export async function newestMigration(service: string, known: readonly Migrations[]): Promise<number> {
  const migrations = known.find((one) => one.service === service)
  if (!migrations) return 0
  const { entries } = await readJournal(migrations.folder)
  return Math.max(0, ...entries.map(({ when }) => when))
}

async function readJournal(folder: string): Promise<z.output<typeof Journal>> {
  return Journal.parse(JSON.parse(await readFile(path.join(folder, 'meta', '_journal.json'), 'utf8')))
}

/** A copy of the folder without what is younger than `last`. */
async function migrationsUpTo(folder: string, last: number): Promise<string> {
  const journal = await readJournal(folder)
  const entries = journal.entries.filter(({ when }) => when <= last)
  const copy = await mkdtemp(path.join(tmpdir(), 'concord-migrations-'))
  await mkdir(path.join(copy, 'meta'))
  await writeFile(path.join(copy, 'meta', '_journal.json'), JSON.stringify({ ...journal, entries }))
  for (const { tag } of entries) await cp(path.join(folder, `${tag}.sql`), path.join(copy, `${tag}.sql`))
  return copy
}

/** Fills the empty tables, each schema in one transaction. */
export async function restoreRows({ db }: Pick<Database, 'db'>, { folder, parts, onProgress }: Restore): Promise<void> {
  for (const part of parts) {
    await db.transaction(async (tx) => {
      await tx.execute(sql`set local idle_in_transaction_session_timeout = 0`)
      const tables = await tablesOf(tx, part.schema)
      for (const { name } of tables) await fillTable(tx, { folder, part, table: name, onProgress })
      for (const [name, last] of Object.entries(part.sequences))
        await tx.execute(
          sql`select setval(format('%I.%I', ${part.schema}::text, ${name}::text)::regclass, ${last}::bigint)`,
        )
    })
  }
}

/** A table's rows in batches. The file is read once for each table, since rows must come after those that they refer to. */
async function fillTable(
  tx: Db,
  { folder, part, table, onProgress }: Omit<Restore, 'parts'> & { part: Part; table: string },
): Promise<void> {
  const target = sql`${sql.identifier(part.schema)}.${sql.identifier(table)}`
  let batch: string[] = []
  let [bytes, done] = [0, 0]
  const flush = async () => {
    if (batch.length === 0) return
    await tx.execute(
      sql`insert into ${target} overriding system value
          select * from json_populate_recordset(null::${target}, ${`[${batch.join(',')}]`}::json)`,
    )
    onProgress(`restoring ${part.schema}.${table}: ${(done += batch.length)} rows`)
    batch = []
    bytes = 0
  }
  const input = createReadStream(path.join(folder, part.file)).pipe(createGunzip())
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (!line.startsWith(`${table}\t`)) continue
    const row = line.slice(table.length + 1)
    batch.push(row)
    bytes += row.length
    if (batch.length >= mostRows || bytes >= mostBytes) await flush()
  }
  await flush()
}

/** Those that others refer to first. */
async function tablesOf(tx: Db, schema: string): Promise<{ name: string }[]> {
  const { rows: tables } = await tx.execute<{ name: string }>(
    sql`select tablename as name from pg_tables where schemaname = ${schema} order by 1`,
  )
  const { rows: references } = await tx.execute<{ from: string; to: string }>(
    sql`select child.relname as from, parent.relname as to from pg_constraint
          join pg_class child on child.oid = conrelid join pg_class parent on parent.oid = confrelid
        where contype = 'f' and connamespace = ${schema}::regnamespace and conrelid <> confrelid`,
  )
  const placed = new Set<string>()
  const ordered: { name: string }[] = []
  while (ordered.length < tables.length) {
    const next = tables.filter(
      ({ name }) => !placed.has(name) && references.every(({ from, to }) => from !== name || placed.has(to)),
    )
    if (next.length === 0) throw new Error(`the tables of ${schema} refer to one another in a circle`)
    for (const table of next) placed.add(table.name)
    ordered.push(...next)
  }
  return ordered
}
