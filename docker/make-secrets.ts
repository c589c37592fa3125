import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { generated, onlyGiven, secretFiles } from './secret-files.ts'
import type { Secrets } from './secret-files.ts'

type Chown = (file: string, uid: number, gid: number) => void
type Options = { folder: string; given?: string | undefined; environment: NodeJS.ProcessEnv; chown?: Chown }

/**
 * Puts every container's secrets where it finds them: FOLDER/<container>/<file>, readable by that container's account only. A secret
 * is taken from the environment (`VAULT_KEYS` for `vault_keys`), else from a file of the folder GIVEN, else it is made up once and kept
 * in FOLDER/.generated.json, so that tokens and stored texts outlive every restart. Given ones are never written there.
 *   node make-secrets.ts FOLDER [GIVEN]
 */
export function makeSecrets({ folder, given, environment, chown = chownSync }: Options): string[] {
  const kept = keepGenerated(path.join(folder, '.generated.json'))
  const secrets = { ...kept, ...readGiven(given), ...fromEnvironment(environment) }
  const folders = secretFiles(secrets, environment['DATABASE_ADDRESS'] || 'postgres:5432')
  for (const [name, { uid, files }] of Object.entries(folders)) writeFolder(path.join(folder, name), files, uid, chown)
  return Object.keys(folders)
}

/** Adds what is missing and leaves the rest as it is. */
function keepGenerated(file: string): Secrets {
  const stored: Secrets = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  const missing = generated.filter((name) => !stored[name])
  if (missing.length === 0) return stored
  const whole = { ...stored, ...Object.fromEntries(missing.map((name) => [name, makeUp(name)])) }
  writeWhole(file, `${JSON.stringify(whole, null, 2)}\n`, 0o600)
  return whole
}

function makeUp(name: string): string {
  if (name === 'vault_keys') return `k${Date.now().toString(36)}:${randomBytes(32).toString('base64')}`
  return randomBytes(24).toString('base64url')
}

/** A file whose name is no secret's stops the start: it is a slip, and what was meant would be made up instead. */
function readGiven(folder: string | undefined): Secrets {
  if (!folder || !existsSync(folder)) return {}
  const known = new Set([...generated, ...onlyGiven])
  const names = readdirSync(folder).filter((name) => !name.startsWith('.') && name !== 'README.md')
  const unknown = names.filter((name) => !known.has(name))
  if (unknown.length > 0) throw new Error(`${folder} holds what is no secret's name: ${unknown.join(', ')}`)
  const read = names.map((name) => [name, readFileSync(path.join(folder, name), 'utf8').trim()] as const)
  return Object.fromEntries(read.filter(([, value]) => value !== ''))
}

function fromEnvironment(environment: NodeJS.ProcessEnv): Secrets {
  const named = [...generated, ...onlyGiven].flatMap((name) => {
    const value = environment[name.toUpperCase()]
    return value ? [[name, value] as const] : []
  })
  return Object.fromEntries(named)
}

function writeFolder(folder: string, files: Secrets, uid: number, chown: Chown): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  for (const stale of readdirSync(folder).filter((name) => !(name in files))) rmSync(path.join(folder, stale))
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name)
    writeWhole(file, text, 0o400, (beside) => chown(beside, uid, uid))
  }
}

/** Written beside and renamed, so that a crash leaves no half secret, and a reader never sees one. */
function writeWhole(file: string, text: string, mode: number, finish: (beside: string) => void = () => {}): void {
  const beside = `${file}.new`
  rmSync(beside, { force: true })
  // What is made up exists nowhere else; the rest is written again at the next start.
  writeFileSync(beside, text, { mode, flush: path.basename(file).startsWith('.') })
  finish(beside)
  renameSync(beside, file)
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder = '/secrets', given] = process.argv.slice(2)
  try {
    const written = makeSecrets({ folder, given, environment: process.env })
    // Written by accounts that are not root: certificates and proofs by the edge, backups by the operator.
    for (const [volume, uid] of Object.entries({ '/certificates': 101, '/acme': 101, '/backups': 1000 })) {
      if (existsSync(volume)) chownSync(volume, uid, uid)
    }
    console.log(`The secrets of ${written.length} containers are in place.`)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
