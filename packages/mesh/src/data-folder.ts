import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { newKeyRing, parseKeyRing } from '@concord/vault/key-ring'
import type { KeyRing } from '@concord/vault/key-ring'
import { z } from 'zod'
import { PlainError } from './plain-error.ts'

const Secrets = z.object({ vault_keys: z.string(), service_secrets: z.record(z.string(), z.string()) })
export type Secrets = z.output<typeof Secrets>

export type DataFolder = { path: string; database: string; log: string; runtime: string; secrets: Secrets }

/** Opens the folder that makes a mesh the same one after a restart: its database, log, key ring and the services' secrets. */
export async function openDataFolder(folder: string, services: readonly string[]): Promise<DataFolder> {
  const absolute = path.resolve(folder)
  await ensureWritable(absolute)
  return {
    path: absolute,
    database: path.join(absolute, 'database'),
    log: path.join(absolute, 'concord.log'),
    runtime: path.join(absolute, 'runtime.json'),
    secrets: await loadSecrets(secretsFile(absolute), services),
  }
}

/** The ring that the services of these settings read with: of the environment, or of the data folder; undefined where neither has one. Makes none. */
export async function knownKeyRing(config: {
  VAULT_KEYS?: string | undefined
  CONCORD_DATA_DIR: string
}): Promise<KeyRing | undefined> {
  const file = secretsFile(config.CONCORD_DATA_DIR)
  const text = config.VAULT_KEYS ?? (existsSync(file) ? (await readSecrets(file)).vault_keys : undefined)
  return text === undefined ? undefined : parseKeyRing(text)
}

/** The key ring of a data folder as it is now. Throws where it has none. */
export function readVaultKeys(folder: string): string {
  return Secrets.parse(JSON.parse(readFileSync(secretsFile(folder), 'utf8'))).vault_keys
}

/** Puts another ring in its place; a mesh that runs on the folder takes it up by itself. */
export async function writeVaultKeys(folder: string, keys: string): Promise<void> {
  const file = secretsFile(folder)
  await writeSecrets(file, { ...(await readSecrets(file)), vault_keys: keys })
}

function secretsFile(folder: string): string {
  return path.join(path.resolve(folder), 'secrets.json')
}

async function ensureWritable(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const probe = path.join(folder, `.probe-${process.pid}`)
    await writeFile(probe, '')
    await rm(probe)
  } catch {
    throw new PlainError(`The data folder ${folder} cannot be written; choose another with CONCORD_DATA_DIR.`)
  }
}

async function loadSecrets(file: string, services: readonly string[]): Promise<Secrets> {
  const stored: Secrets = existsSync(file) ? await readSecrets(file) : { vault_keys: newKeyRing(), service_secrets: {} }
  const missing = services.filter((name) => !stored.service_secrets[name])
  const fresh = Object.fromEntries(missing.map((name) => [name, randomBytes(32).toString('base64url')]))
  const secrets = { ...stored, service_secrets: { ...stored.service_secrets, ...fresh } }
  if (missing.length > 0) await writeSecrets(file, secrets)
  return secrets
}

async function readSecrets(file: string): Promise<Secrets> {
  try {
    return Secrets.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    throw new PlainError(
      `The file ${file} is damaged; what is stored cannot be read without it, so restore it from a backup.`,
    )
  }
}

/** Written beside and renamed, so that a crash never leaves half a key ring. */
async function writeSecrets(file: string, secrets: Secrets): Promise<void> {
  const beside = `${file}.new`
  const handle = await open(beside, 'w', 0o600)
  await handle.writeFile(`${JSON.stringify(secrets, null, 2)}\n`)
  await handle.sync()
  await handle.close()
  await rename(beside, file)
}
