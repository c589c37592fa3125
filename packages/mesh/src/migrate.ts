import { openDatabase } from '@concord/database/database'
import { migrate } from '@concord/database/migrate'
import { migrationState } from '@concord/database/migration-state'
import type { MigrationState } from '@concord/database/migration-state'
import { loadConfig } from '@concord/service-kit/config'
import type { Command } from 'commander'
import { engineSettings, helpWith } from './command-line.ts'
import { openDataFolder } from './data-folder.ts'
import { PlainError } from './plain-error.ts'
import { allMigrations, serviceNames } from './service-tables.ts'
import { MeshConfig } from './settings.ts'
import { answer } from './terminal.ts'
import { withDatabase } from './with-database.ts'

export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('bring the database up to date and end')
    .option('--check', 'change nothing: status 1 when a migration is pending')
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      helpWith({
        more: 'Safe to run from several places at once, and again: each migration is applied once, and one that fails leaves nothing behind.',
        examples: ['concord migrate', 'concord migrate --check --json', 'docker compose run --rm operator migrate'],
        settings: engineSettings,
      }),
    )
    .action(migrateCommand)
}

async function migrateCommand(options: { check?: boolean; json?: boolean }): Promise<void> {
  const config = loadConfig(MeshConfig, process.env)
  if (!config.DATABASE_URL) await openDataFolder(config.CONCORD_DATA_DIR, serviceNames)
  await withDatabase(config, async (url) => {
    const before = await readStates(url)
    const pending = before.filter((state) => state.pending > 0)
    if (options.check) {
      answer(options, { services: before }, told(pending, 'pending') || 'The database is up to date.')
      if (pending.length > 0) process.exitCode = 1
      return
    }
    const newer = before.find(({ ahead }) => ahead)
    if (newer && !options.json) process.stderr.write(`The tables of ${newer.service} are newer than this program.\n`)
    for (const migrations of allMigrations) await applyOne(url, migrations)
    const after = await readStates(url)
    answer(options, { services: after }, `${told(pending, 'applied')}\nThe database is up to date.`.trimStart())
  })
}

async function applyOne(url: string, migrations: { service: string; folder: string }): Promise<void> {
  try {
    await migrate({ url, ...migrations })
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const why = cause instanceof Error ? cause.message.split('\n')[0] : 'for no known reason'
    throw new PlainError(`The migrations of ${migrations.service} failed, and changed nothing: ${why}`)
  }
}

async function readStates(url: string): Promise<MigrationState[]> {
  const database = openDatabase({ url, applicationName: 'concord', poolMax: 1 })
  try {
    const states: MigrationState[] = []
    for (const migrations of allMigrations) states.push(await migrationState(database.db, migrations))
    return states
  } finally {
    await database.close()
  }
}

function told(states: readonly MigrationState[], what: 'pending' | 'applied'): string {
  return states.map(({ service, pending }) => `${service}: ${pending} ${what}`).join('\n')
}
