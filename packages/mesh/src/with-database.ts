import path from 'node:path'
import { openDatabase } from '@concord/database/database'
import { startEmbedded } from '@concord/database/embedded'
import { reach } from './reach.ts'
import { runningMesh } from './runtime-file.ts'
import type { MeshConfig } from './settings.ts'

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
