import { chmod } from 'node:fs/promises'
import path from 'node:path'
import type { Db } from '@concord/database/database'
import { sql } from '@concord/database/sql'
import { fingerprint } from './manifest.ts'
import type { Part } from './manifest.ts'
import { runTool } from './postgres-tools.ts'
import type { PostgresTools } from './postgres-tools.ts'

type Dump = {
  tools: PostgresTools
  url: string
  folder: string
  schemas: readonly string[]
  onProgress: (line: string) => void
}

/** One archive of pg_dump's custom format for each schema, all of the one moment at which `tx` began. */
export async function dumpWithPostgres(tx: Db, { tools, url, folder, schemas, onProgress }: Dump): Promise<Part[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`select pg_export_snapshot() as id`)
  const snapshot = rows[0]?.id ?? ''
  const parts: Part[] = []
  for (const schema of schemas) {
    onProgress(`dumping ${schema} (${parts.length + 1} of ${schemas.length})`)
    const file = `${schema}.dump`
    const args = [
      '--format=custom',
      '--no-owner',
      '--no-privileges',
      '--no-password',
      '--lock-wait-timeout=60s',
      `--snapshot=${snapshot}`,
      `--schema=${schema}`,
      `--file=${path.join(folder, file)}`,
    ]
    await runTool(tools, 'pg_dump', { url, args })
    await chmod(path.join(folder, file), 0o600)
    parts.push({ schema, file, ...(await fingerprint(path.join(folder, file))), sequences: {} })
  }
  return parts
}
