#!/usr/bin/env node
import { runProgram } from './command-line.ts'

await runProgram(
  {
    up: async () => (await import('./up.ts')).addUpCommand,
    migrate: async () => (await import('./migrate.ts')).addMigrateCommand,
    status: async () => (await import('./status/commands.ts')).addStatusCommand,
    dlq: async () => (await import('./dead-letters/commands.ts')).addDeadLetterCommands,
    admin: async () => (await import('./create-admin.ts')).addAdminCommands,
    retention: async () => (await import('./retention/add-retention-commands.ts')).addRetentionCommands,
    backup: async () => (await import('./backup/add-backup-commands.ts')).addBackupCommand,
    restore: async () => (await import('./backup/add-backup-commands.ts')).addRestoreCommand,
    keys: async () => (await import('./keys/add-keys-commands.ts')).addKeysCommands,
    loadtest: async () => (await import('./load-test/commands.ts')).addLoadTestCommand,
  },
  process.argv.slice(2),
)
