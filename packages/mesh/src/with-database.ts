import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { startEmbedded } from '@concord/database/embedded'
import { z } from 'zod'
import type { MeshConfig } from './settings.ts'

const Runtime = z.object({ pid: z.int(), database_url: z.string() })

/** Runs `work` on the mesh's database: PostgreSQL, the running mesh's embedded one, or the embedded one opened for the purpose. */
export async function withDatabase<Result>(
  config: MeshConfig,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  if (config.DATABASE_URL) return work(config.DATABASE_URL)
  const folder = path.resolve(config.CONCORD_DATA_DIR)
  const running = runningMesh(path.join(folder, 'runtime.json'))
  if (running) return work(running)
  const { url, stop } = await startEmbedded({ dataDir: path.join(folder, 'database') })
  try {
    return await work(url)
  } finally {
    await stop()
  }
}

function runningMesh(file: string): string | undefined {
  if (!existsSync(file)) return undefined
  try {
    const { pid, database_url: url } = Runtime.parse(JSON.parse(readFileSync(file, 'utf8')))
    process.kill(pid, 0)
    return url
  } catch {
    // A damaged file, or one that a killed mesh has left: the database's own lock decides.
    return undefined
  }
}
