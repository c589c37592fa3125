import { loadConfig } from '@concord/service-kit/config'
import type { Command } from 'commander'
import { engineSettings, helpWith } from '../command-line.ts'
import { retentionRules } from '../services.ts'
import { MeshConfig } from '../settings.ts'
import { answer, liveLine, table } from '../terminal.ts'
import { withDatabase } from '../with-database.ts'
import { runRetention } from './run-retention.ts'
import type { KeptTable } from './run-retention.ts'

export function addRetentionCommands(program: Command): void {
  program
    .command('retention')
    .description('what is kept for a while only')
    .command('run')
    .description('remove now what is past its period')
    .option('--dry-run', 'remove nothing, and tell what would be')
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      helpWith({
        more: 'The services do the same every hour by themselves. Safe beside them, and to be interrupted: what is left is removed the next time.',
        examples: ['concord retention run --dry-run', 'concord retention run --json'],
        settings: [
          'QUERY_RETENTION_DAYS                    queries, with their turns, events, ballots and feedback (365)',
          'TURN_RETENTION_DAYS                     what ai-inference keeps of models’ answers (30)',
          'USAGE_RETENTION_DAYS                    tokens and costs of calls, and the counts of days (400)',
          ...engineSettings,
        ],
      }),
    )
    .action(retentionCommand)
}

async function retentionCommand(options: { dryRun?: boolean; json?: boolean }): Promise<void> {
  const dryRun = options.dryRun === true
  const config = loadConfig(MeshConfig, process.env)
  const rules = retentionRules(process.env)
  const line = liveLine()
  const tables = await withDatabase(config, (url) => runRetention({ url, rules, dryRun, onProgress: line.show }))
  line.end()
  const rows = tables.reduce((sum, kept) => sum + kept.rows, 0)
  const document = {
    dry_run: dryRun,
    rows,
    tables: tables.map(({ keepDays, ...kept }) => ({ ...kept, keep_days: keepDays })),
  }
  answer(options, document, `${asTable(tables, dryRun)}\n${told(rows, dryRun)}`)
}

function asTable(tables: readonly KeptTable[], dryRun: boolean): string {
  return table(
    ['TABLE', 'KEPT FOR', 'SETTING', dryRun ? 'DUE' : 'REMOVED'],
    tables.map(({ table: name, keepDays, setting, rows }) => [name, period(keepDays), setting ?? '', String(rows)]),
  )
}

function period(days: number): string {
  if (days === 0) return 'until it expires'
  return days === 1 ? '1 day' : `${days} days`
}

function told(rows: number, dryRun: boolean): string {
  if (rows === 0) return 'Nothing is past its period.'
  return dryRun ? `${rows} rows would be removed, with what hangs on them.` : `${rows} rows were removed.`
}
