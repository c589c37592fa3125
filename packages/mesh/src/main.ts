#!/usr/bin/env node
import { addAdminCommands } from './create-admin.ts'
import { createProgram, runProgram } from './command-line.ts'
import { addMigrateCommand } from './migrate.ts'
import { addRetentionCommands } from './retention/add-retention-commands.ts'
import { addUpCommand } from './up.ts'

const program = createProgram()
addUpCommand(program)
addMigrateCommand(program)
addAdminCommands(program)
addRetentionCommands(program)

await runProgram(program, process.argv.slice(2))
