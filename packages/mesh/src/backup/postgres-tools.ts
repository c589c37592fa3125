import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { PlainError } from '../plain-error.ts'

export type PostgresTools = { folder: string; major: number; version: string }
type Tool = 'pg_dump' | 'pg_restore'

const mostOutput = 4_000

/**
 * pg_dump and pg_restore for a server of this major version: those of `folder`, where it is given, else the nearest version that
 * is installed. Older ones than `atLeast` refuse; newer ones than the server write what it may not know, so the nearest is taken.
 * Throws a PlainError that says what to install.
 */
export async function findPostgresTools(folder: string | undefined, atLeast: number): Promise<PostgresTools> {
  const found: PostgresTools[] = []
  for (const place of folder === undefined ? installedFolders() : [folder]) {
    const tools = await toolsIn(place)
    if (tools) found.push(tools)
  }
  const [nearest] = found.filter(({ major }) => major >= atLeast).toSorted((a, b) => a.major - b.major)
  if (nearest) return nearest
  const seen =
    found.length > 0 ? `only version ${Math.max(...found.map(({ major }) => major))} was found` : 'none was found'
  throw new PlainError(
    `pg_dump and pg_restore ${atLeast} or newer are needed, and ${seen}: install them (Debian: postgresql-client-${atLeast}; macOS: ` +
      'brew install libpq), name their folder in POSTGRES_TOOLS_DIR, or do without them: --format rows.',
  )
}

function installedFolders(): string[] {
  const fromPath = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder))
  return [
    ...new Set([
      ...fromPath,
      ...versionsBelow('/usr/lib/postgresql'),
      '/opt/homebrew/opt/libpq/bin',
      '/usr/local/opt/libpq/bin',
    ]),
  ]
}

function versionsBelow(folder: string): string[] {
  try {
    return readdirSync(folder).map((version) => path.join(folder, version, 'bin'))
  } catch {
    return []
  }
}

async function toolsIn(folder: string): Promise<PostgresTools | undefined> {
  try {
    const [dump, restore] = await Promise.all(
      (['pg_dump', 'pg_restore'] as const).map((tool) => run(path.join(folder, tool), ['--version'], {})),
    )
    const [, version] = /\(PostgreSQL\) (\S+)/.exec(dump ?? '') ?? []
    const major = Number.parseInt(version ?? '', 10)
    return version !== undefined && restore?.includes(version) ? { folder, version, major } : undefined
  } catch {
    return undefined
  }
}

/** Runs one of them on a database; the password goes by its environment, where no list of processes shows it. */
export async function runTool(
  { folder }: PostgresTools,
  tool: Tool,
  { url, args }: { url: string; args: readonly string[] },
): Promise<void> {
  const address = new URL(url)
  const password = decodeURIComponent(address.password)
  address.password = ''
  const environment = { PGAPPNAME: 'concord', PGCONNECT_TIMEOUT: '10', ...(password ? { PGPASSWORD: password } : {}) }
  try {
    await run(path.join(folder, tool), [...args, `--dbname=${address.href}`], environment)
  } catch (cause) {
    throw new PlainError(`${tool} failed: ${cause instanceof Error ? cause.message : 'for no known reason'}`)
  }
}

/** What it wrote; rejects with its last words unless it ends with 0. */
function run(command: string, args: readonly string[], environment: Record<string, string>): Promise<string> {
  const { PATH = '', HOME = '', PGSSLROOTCERT } = process.env
  const env = { PATH, HOME, LC_ALL: 'C', ...(PGSSLROOTCERT ? { PGSSLROOTCERT } : {}), ...environment }
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout = (stdout + text).slice(-mostOutput)))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-mostOutput)))
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) resolve(stdout)
      else reject(new Error(stderr.trim().split('\n').at(-1) || `it ended with ${signal ?? code}`))
    })
  })
}
