import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import { isCreated, pathsIn } from './embedded-folder.ts'
import type { Engine } from './embedded-turns.ts'

// Small enough for a laptop; the WAL's limit also bounds the time of recovery after a kill.
const settings = ['shared_buffers=32MB', 'max_wal_size=128MB', 'min_wal_size=32MB', 'wal_buffers=1MB', 'work_mem=8MB']

/** Opens the database in `folder` (undefined: in memory), made from `seed` (a `dumpDataDir` archive) when it is not there. */
export async function openEngine(folder: string | undefined, seed: string): Promise<PGlite> {
  const startParams = [...PGlite.defaultStartParams, ...settings.flatMap((setting) => ['-c', setting])]
  if (folder === undefined) return PGlite.create({ startParams, loadDataDir: await seedBlob(seed) })
  const { dataDir, unfinished } = pathsIn(folder)
  if (isCreated(folder)) return openExisting(dataDir, startParams)
  // A creation that was cut short has answered nobody: it starts again.
  if (existsSync(unfinished)) await rm(dataDir, { recursive: true, force: true })
  await writeFile(unfinished, '')
  const created = await PGlite.create({ dataDir, startParams, loadDataDir: await seedBlob(seed) })
  await rm(unfinished)
  return created
}

/** The engine says of a damaged folder only that it failed; whoever reads the message has to know what to do. */
async function openExisting(dataDir: string, startParams: string[]): Promise<PGlite> {
  try {
    return await PGlite.create({ dataDir, startParams })
  } catch (cause) {
    const advice = 'Put a copy of it back, or move it away to begin with an empty one.'
    throw new Error(`${dataDir} cannot be opened: it is damaged, or another version made it. ${advice}`, { cause })
  }
}

/** The engine as the front sees it. */
export function engineOf(pglite: PGlite): Engine {
  return {
    run: (bytes, answer) =>
      pglite.execProtocolRawStream(bytes, { syncToFs: false, onRawData: (data) => answer(Buffer.from(data)) }),
    inTransaction: () => pglite.isInTransaction(),
  }
}

/** Makes the archive of an empty database that `openEngine` starts from. Takes seconds and much memory. */
export async function makeSeed(): Promise<Buffer> {
  const pglite = await PGlite.create()
  const archive = await pglite.dumpDataDir('gzip')
  await pglite.close()
  return Buffer.from(await archive.arrayBuffer())
}

async function seedBlob(path: string): Promise<Blob> {
  return new Blob([new Uint8Array(await readFile(path))])
}
