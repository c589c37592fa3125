import { Command } from 'commander'
import { createAdminCommand } from './create-admin.ts'
import { migrateCommand } from './migrate.ts'
import { toSentence } from './plain-error.ts'
import { failure } from './terminal.ts'
import { up } from './up.ts'

const program = new Command('concord').description('Runs and tends a Concord mesh.')

program.command('up', { isDefault: true }).description('run all services in this process').action(up)
program.command('migrate').description('bring the database up to date and end').action(migrateCommand)
program
  .command('admin')
  .description('accounts with power')
  .command('create')
  .description('create a super_admin, or give an existing account that role')
  .requiredOption('--email <address>', 'the account’s e-mail address')
  .option('--role <role>', 'admin or super_admin', 'super_admin')
  .option('--password-file <path>', 'file that holds the password; without it one is made up and shown once')
  .option('--json', 'answer in JSON')
  .action(createAdminCommand)

const [named] = process.argv.slice(2)
if (
  named !== undefined &&
  !named.startsWith('-') &&
  !program.commands.some((command) => command.name() === named || named === 'help')
) {
  program.error(`There is no command ${named}; see concord --help.`)
}

try {
  await program.parseAsync()
} catch (error) {
  const sentence = toSentence(error)
  if (sentence === undefined) throw error
  failure(sentence)
  // Not `exitCode`: the channel to the start script would keep the process alive.
  process.exit(1)
}
