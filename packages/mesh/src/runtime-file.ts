import { existsSync, readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'

const Runtime = z.object({
  pid: z.int(),
  database_url: z.string(),
  /** Where each service's replicas listen; absent until they do. */
  services: z.record(z.string(), z.array(z.string())).default({}),
})
export type Runtime = z.output<typeof Runtime>

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

/** For commands that are run beside the mesh; renamed into place, so that nobody reads half of it. */
export async function writeRuntime(file: string, runtime: Runtime): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(runtime), { mode: 0o600 })
  await rename(`${file}.new`, file)
}
