#!/usr/bin/env node
import { addAdminCommands } from './create-admin.ts'
import { createProgram, runProgram } from './command-line.ts'
import { addMigrateCommand } from './migrate.ts'
import { addUpCommand } from './up.ts'

const program = createProgram()
addUpCommand(program)
addMigrateCommand(program)
addAdminCommands(program)

await runProgram(program, process.argv.slice(2))
