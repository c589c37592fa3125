import { readFileSync } from 'node:fs'
import { access, constants, open, rename } from 'node:fs/promises'
import path from 'node:path'
import { keysFileOf } from '@concord/service-kit/open-key-ring'
import { openDataFolder, readVaultKeys, writeVaultKeys } from '../data-folder.ts'
import { serviceNames } from '../service-tables.ts'
import type { MeshConfig } from '../settings.ts'

/** Where the services have their ring from. Without `write` only a person can change it: it stands in their environment. */
export type RingSource = { place: string; text: string; write?: (text: string) => Promise<void> }

/** Of the environment, of the file that it names, or of the data folder. */
export async function ringSource(config: MeshConfig, environment: NodeJS.ProcessEnv): Promise<RingSource> {
  const file = keysFileOf(environment)
  if (config.VAULT_KEYS === undefined) {
    const folder = config.CONCORD_DATA_DIR
    await openDataFolder(folder, serviceNames)
    return {
      place: path.join(folder, 'secrets.json'),
      text: readVaultKeys(folder),
      write: (text) => writeVaultKeys(folder, text),
    }
  }
  if (file === undefined || !(await isWritable(file))) return { place: file ?? 'VAULT_KEYS', text: config.VAULT_KEYS }
  return { place: file, text: readFileSync(file, 'utf8').trim(), write: (text) => replaceFile(file, text) }
}

async function isWritable(file: string): Promise<boolean> {
  return access(path.dirname(file), constants.W_OK).then(
    () => true,
    () => false,
  )
}

/** Written beside and renamed, so that nobody ever reads half a ring. */
async function replaceFile(file: string, text: string): Promise<void> {
  const handle = await open(`${file}.new`, 'w', 0o600)
  try {
    await handle.writeFile(`${text}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.new`, file)
}
