import path from 'node:path'
import { loadConfig } from '@concord/service-kit/config'
import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { engineSettings, helpWith, wholeNumberOption } from '../command-line.ts'
import { knownKeyRing } from '../data-folder.ts'
import { PlainError, UsageError } from '../plain-error.ts'
import { MeshConfig } from '../settings.ts'
import { answer, liveLine } from '../terminal.ts'
import { runningMesh } from '../runtime-file.ts'
import { withDatabase } from '../with-database.ts'
import { datedFolder, removeOldest } from './dated-backups.ts'
import type { Manifest } from './manifest.ts'
import { restoreBackup } from './restore-backup.ts'
import { takeBackup } from './take-backup.ts'

const toolsSetting = 'POSTGRES_TOOLS_DIR                      folder of pg_dump and pg_restore; absent: looked for'

export function addBackupCommand(program: Command): void {
  program
    .command('backup')
    .description('write the whole state, as of one moment, into a folder')
    .option('--to <dir>', 'the folder of this backup, absent or empty')
    .option('--in <dir>', 'make a folder named for the time in this one')
    .option(
      '--keep <count>',
      'with --in: afterwards remove all but the newest',
      wholeNumberOption({ min: 1, max: 10_000 }),
    )
    .option('--format <format>', 'pg_dump (PostgreSQL), or rows, which any engine takes back', formatOption)
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      helpWith({
        more: 'Services may run meanwhile. Keys are in no backup: keep VAULT_KEYS (or secrets.json of the data folder) apart from it, and as safe.',
        examples: ['concord backup --to /backups/2026-11-21', 'concord backup --in /backups --keep 14 --json'],
        settings: [...engineSettings, toolsSetting],
      }),
    )
    .action(backupCommand)
}

export function addRestoreCommand(program: Command): void {
  program
    .command('restore')
    .description('bring a backup into an empty database')
    .requiredOption('--from <dir>', 'the folder of the backup')
    .option('--force', 'replace what is in the database')
    .option('--allow-missing-keys', 'also where what is encrypted cannot be read afterwards')
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      helpWith({
        more: 'The services must be stopped. Checksums, versions and keys are checked before anything is changed; what fails leaves an empty database.',
        examples: [
          'concord restore --from /backups/2026-11-21',
          'concord restore --from /backups/2026-11-21 --force --json',
        ],
        settings: [...engineSettings, toolsSetting],
      }),
    )
    .action(restoreCommand)
}

type BackupOptions = { to?: string; in?: string; keep?: number; format?: Manifest['format']; json?: boolean }

async function backupCommand(options: BackupOptions): Promise<void> {
  if ((options.to === undefined) === (options.in === undefined)) throw new UsageError('Give either --to or --in.')
  if (options.keep !== undefined && options.in === undefined) throw new UsageError('--keep belongs to --in.')
  const config = loadConfig(MeshConfig, process.env)
  const format = options.format ?? (config.DATABASE_URL ? 'pg_dump' : 'rows')
  if (format === 'pg_dump' && !config.DATABASE_URL)
    throw new UsageError('pg_dump cannot talk to the embedded engine: take --format rows, or leave it out.')
  const folder = path.resolve(options.to ?? datedFolder(options.in ?? '.'))
  const line = liveLine()
  const manifest = await withDatabase(config, (url) =>
    takeBackup({ url, folder, format, toolsFolder: config.POSTGRES_TOOLS_DIR, onProgress: line.show }),
  ).finally(line.end)
  const removed = options.in !== undefined && options.keep ? await removeOldest(options.in, options.keep) : []
  const bytes = manifest.parts.reduce((sum, part) => sum + part.bytes, 0)
  const lines = [
    `The backup is in ${folder} (${size(bytes)}, ${manifest.parts.length} files, ${manifest.engine}).`,
    `To be read it needs ${needed(manifest)}, which it does not hold.`,
    ...removed.map((name) => `Removed ${name}.`),
  ]
  answer(options, { folder, bytes, removed, manifest }, lines.join('\n'))
}

type RestoreOptions = { from: string; force?: boolean; allowMissingKeys?: boolean; json?: boolean }

async function restoreCommand(options: RestoreOptions): Promise<void> {
  const config = loadConfig(MeshConfig, process.env)
  if (!config.DATABASE_URL && runningMesh(config.CONCORD_DATA_DIR))
    throw new PlainError('Stop the mesh first: it runs on this data folder.')
  const ring = await knownKeyRing(config)
  if (!ring && !config.DATABASE_URL && options.allowMissingKeys !== true)
    throw new PlainError(
      `Put the secrets.json of the backed-up mesh into ${path.resolve(config.CONCORD_DATA_DIR)} first (or set VAULT_KEYS): without its keys ` +
        'what is encrypted cannot be read. --allow-missing-keys restores all the same.',
    )
  const line = liveLine()
  const manifest = await withDatabase(config, (url) =>
    restoreBackup({
      url,
      folder: path.resolve(options.from),
      takesArchives: config.DATABASE_URL !== undefined,
      toolsFolder: config.POSTGRES_TOOLS_DIR,
      ring,
      allowMissingKeys: options.allowMissingKeys === true,
      force: options.force === true,
      onProgress: line.show,
    }),
  ).finally(line.end)
  const lines = [
    `Restored the backup of ${manifest.created_at}, made by Concord ${manifest.concord_version}.`,
    ring ? 'The keys that it needs are at hand.' : `Set VAULT_KEYS of all services to a ring with ${needed(manifest)}.`,
    'Now: concord migrate, then start the services.',
  ]
  answer(options, { restored: true, keys_checked: ring !== undefined, manifest }, lines.join('\n'))
}

function formatOption(text: string): Manifest['format'] {
  if (text === 'pg_dump' || text === 'rows') return text
  throw new InvalidArgumentError('pg_dump or rows is expected.')
}

function needed({ keys }: Manifest): string {
  if (keys.vault.length === 0) return 'no key'
  return `the key${keys.vault.length === 1 ? '' : 's'} ${keys.vault.join(', ')}`
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
