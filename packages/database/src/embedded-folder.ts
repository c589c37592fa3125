import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Whether `folder` holds a database that was made to the end. */
export function isCreated(folder: string): boolean {
  const { dataDir, unfinished } = pathsIn(folder)
  return existsSync(join(dataDir, 'PG_VERSION')) && !existsSync(unfinished)
}

/** `unfinished` is there while `dataDir` is being made. */
export function pathsIn(folder: string): { dataDir: string; unfinished: string } {
  return { dataDir: join(folder, 'postgres'), unfinished: join(folder, 'postgres.creating') }
}
