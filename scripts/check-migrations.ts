import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api'
import { z } from 'zod'

/** Fails when a schema in code has something that no migration brings: it would work in no database but the developer's. */
const Journal = z.object({ entries: z.array(z.object({ idx: z.number(), tag: z.string() })) })
const Drizzle = z.object({
  default: z.object({
    schema: z.union([z.string(), z.array(z.string())]),
    schemaFilter: z.array(z.string()).optional(),
  }),
})

for (const file of globSync('{packages,services}/*/drizzle.config.ts').toSorted()) {
  const folder = path.dirname(file)
  const missing = await missingStatements(folder)
  if (missing.length === 0) continue
  console.error(`${folder}: the schema has changed and its migrations have not. Missing:\n${missing.join('\n')}`)
  process.exitCode = 1
}

async function missingStatements(folder: string): Promise<string[]> {
  const { default: config } = Drizzle.parse({ ...(await load(folder, 'drizzle.config.ts')) })
  const files = await Promise.all([config.schema].flat().map((file) => load(folder, file)))
  const current = generateDrizzleJson(Object.assign({}, ...files), undefined, config.schemaFilter)
  const journal = Journal.parse(readJson(folder, '_journal.json'))
  const last = journal.entries.at(-1)
  if (!last) return ['its first migration']
  const snapshot = String(last.idx).padStart(4, '0')
  return generateMigration(z.custom<typeof current>().parse(readJson(folder, `${snapshot}_snapshot.json`)), current)
}

async function load(folder: string, file: string): Promise<Record<string, unknown>> {
  return z.record(z.string(), z.unknown()).parse({ ...(await import(pathToFileURL(path.resolve(folder, file)).href)) })
}

function readJson(folder: string, file: string): unknown {
  return JSON.parse(readFileSync(path.join(folder, 'migrations', 'meta', file), 'utf8'))
}
