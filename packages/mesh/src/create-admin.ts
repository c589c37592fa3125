import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { auth } from '@concord/auth/service'
import { createAdmin } from '@concord/auth/create-admin'
import { createDeps } from '@concord/auth/deps'
import { Register } from '@concord/contracts/identity'
import { openDatabase } from '@concord/database/database'
import { inProcessKeyValue } from '@concord/key-value/in-process'
import { redisKeyValue } from '@concord/key-value/redis'
import { inProcessBus } from '@concord/messaging/in-process'
import { loadConfig } from '@concord/service-kit/config'
import { createLogger } from '@concord/service-kit/logging'
import { createMetrics } from '@concord/service-kit/metrics'
import { parseKeyRing } from '@concord/vault/key-ring'
import type { Command } from 'commander'
import { z } from 'zod'
import { engineSettings, helpWith } from './command-line.ts'
import { openDataFolder } from './data-folder.ts'
import { PlainError, UsageError } from './plain-error.ts'
import { migrateAll, serviceNames } from './service-tables.ts'
import { MeshConfig } from './settings.ts'
import { withDatabase } from './with-database.ts'

type Options = { email: string; role: string; passwordFile?: string; json?: boolean }

export function addAdminCommands(program: Command): void {
  program
    .command('admin')
    .description('accounts with power')
    .command('create')
    .description('create a super_admin, or give an existing account that role')
    .requiredOption('--email <address>', 'the account’s e-mail address')
    .option('--role <role>', 'admin or super_admin', 'super_admin')
    .option('--password-file <path>', 'file that holds the password; without it one is made up and shown once')
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      helpWith({
        examples: [
          'concord admin create --email ada@example.org',
          'concord admin create --email ada@example.org --role admin --password-file ./password --json',
        ],
        settings: [...engineSettings, 'VAULT_KEYS                              key ring of the field encryption'],
      }),
    )
    .action(createAdminCommand)
}

/** The operator's way to the first super_admin; works beside a running mesh and without one. */
async function createAdminCommand(options: Options): Promise<void> {
  const email = Register.shape.email.safeParse(options.email)
  if (!email.success) throw new UsageError(`${options.email} is not an e-mail address.`)
  const role = z.enum(['admin', 'super_admin']).safeParse(options.role)
  if (!role.success) throw new UsageError('--role takes admin or super_admin.')
  const password = await choosePassword(options.passwordFile)
  const { account, created } = await create({ email: email.data, role: role.data, password })

  const shown = created && !options.passwordFile ? password : undefined
  if (options.json)
    process.stdout.write(
      `${JSON.stringify({ id: account.id, email: account.email, role: account.role, created, password: shown })}\n`,
    )
  else if (!created) process.stdout.write(`${account.email} is now ${account.role}; its password is unchanged.\n`)
  else
    process.stdout.write(
      `${account.email} is now ${account.role}.${shown ? ` Its password, shown this once: ${shown}` : ''}\n`,
    )
}

async function choosePassword(file: string | undefined): Promise<string> {
  if (file === undefined) return randomBytes(18).toString('base64url')
  const text = await readFile(file, 'utf8').catch(() => {
    throw new PlainError(`The file ${file} cannot be read.`)
  })
  const password = Register.shape.password.safeParse(text.trim())
  if (!password.success) throw new PlainError('The password must have 12 to 128 characters.')
  return password.data
}

async function create(request: { email: string; password: string; role: 'admin' | 'super_admin' }) {
  const config = loadConfig(MeshConfig, process.env)
  const { secrets } = await openDataFolder(config.CONCORD_DATA_DIR, serviceNames)
  const logger = createLogger('concord', 'silent')
  return withDatabase(config, async (url) => {
    await migrateAll(url)
    const database = openDatabase({ url, applicationName: 'concord', poolMax: 2 })
    const keyValue = config.REDIS_URL ? redisKeyValue({ url: config.REDIS_URL, logger }) : inProcessKeyValue()
    const platform = {
      database,
      keyValue,
      // Only the outbox is written here; the running mesh, or the next start, carries it to the bus.
      bus: inProcessBus({ database, logger }),
      ring: parseKeyRing(config.VAULT_KEYS ?? secrets.vault_keys),
      logger,
      metrics: createMetrics('concord'),
      close: async () => {},
    }
    const authConfig = loadConfig(auth.Config, {
      ...process.env,
      DATABASE_URL: url,
      VAULT_KEYS: config.VAULT_KEYS ?? secrets.vault_keys,
      SERVICE_CLIENT_SECRET: secrets.service_secrets['auth'],
      SERVICE_CLIENTS: `auth=${secrets.service_secrets['auth']}`,
    })
    const { close, ...deps } = await createDeps(authConfig, platform)
    try {
      return await createAdmin(deps, request)
    } finally {
      await close()
      await platform.bus.close()
      await keyValue.close()
      await database.close()
    }
  })
}
