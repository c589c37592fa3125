import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { openDatabase } from '@concord/database/database'
import { startEmbedded } from '@concord/database/embedded'
import { z } from 'zod'
import { reach } from './reach.ts'
import type { MeshConfig } from './settings.ts'

const Runtime = z.object({
  pid: z.int(),
  database_url: z.string(),
  /** Where each service's replicas listen; absent until they do. */
  services: z.record(z.string(), z.array(z.string())).default({}),
})
export type Runtime = z.output<typeof Runtime>

/** Runs `work` on the mesh's database: PostgreSQL, the running mesh's embedded one, or the embedded one opened for the purpose. */
export async function withDatabase<Result>(
  config: MeshConfig,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  if (config.DATABASE_URL) {
    await reach({ setting: 'DATABASE_URL', url: config.DATABASE_URL }, () => answers(config.DATABASE_URL ?? ''))
    return work(config.DATABASE_URL)
  }
  const folder = path.resolve(config.CONCORD_DATA_DIR)
  const running = runningMesh(folder)
  if (running) return work(running.database_url)
  const { url, stop } = await startEmbedded({ dataDir: path.join(folder, 'database') })
  try {
    return await work(url)
  } finally {
    await stop()
  }
}

/** Rejects when the database cannot be used, before any work with it has begun. */
async function answers(url: string): Promise<void> {
  const database = openDatabase({ url, applicationName: 'concord', poolMax: 1 })
  try {
    await database.ping()
  } finally {
    await database.close()
  }
}

/** What a mesh that runs on this data folder has told of itself; undefined when none runs. */
export function runningMesh(folder: string): Runtime | undefined {
  const file = path.join(path.resolve(folder), 'runtime.json')
  if (!existsSync(file)) return undefined
  try {
    const runtime = Runtime.parse(JSON.parse(readFileSync(file, 'utf8')))
    process.kill(runtime.pid, 0)
    return runtime
  } catch {
    // A damaged file, or one that a killed mesh has left: the database's own lock decides.
    return undefined
  }
}
