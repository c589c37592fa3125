#!/usr/bin/env node
import { addAdminCommands } from './create-admin.ts'
import { addBackupCommands } from './backup/add-backup-commands.ts'
import { createProgram, runProgram } from './command-line.ts'
import { addDeadLetterCommands } from './dead-letters/commands.ts'
import { addLoadTestCommand } from './load-test/commands.ts'
import { addKeysCommands } from './keys/add-keys-commands.ts'
import { addMigrateCommand } from './migrate.ts'
import { addRetentionCommands } from './retention/add-retention-commands.ts'
import { addStatusCommand } from './status/commands.ts'
import { addUpCommand } from './up.ts'

const program = createProgram()
addUpCommand(program)
addMigrateCommand(program)
addStatusCommand(program)
addDeadLetterCommands(program)
addAdminCommands(program)
addRetentionCommands(program)
addBackupCommands(program)
addKeysCommands(program)
addLoadTestCommand(program)

await runProgram(program, process.argv.slice(2))
