import { migrate } from '@concord/database/migrate'
import closeWithGrace from 'close-with-grace'
import { collectDefaultMetrics } from 'prom-client'
import { ConfigError, loadConfig } from './config.ts'
import { keysFileOf } from './open-key-ring.ts'
import { openPlatform } from './platform.ts'
import { startService } from './service.ts'
import type { ServiceModule } from './service.ts'
import type { PlatformConfig } from './settings.ts'

/**
 * A service in a process of its own, until a signal or a crash: messages and jobs stop first, then requests drain, then the
 * engines close. With `migrate` as the first argument it brings its schema up to date and ends instead.
 */
export async function runService<Config extends PlatformConfig>(
  module: ServiceModule<Config>,
  env: NodeJS.ProcessEnv,
  argv: readonly string[],
): Promise<void> {
  try {
    const config = loadConfig(module.Config, env)
    if (argv[0] === 'migrate') return await migrateSchema(module, config.DATABASE_URL)
    await serve(module, config, keysFileOf(env))
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${module.name} cannot start: ${error.message}\n`)
    process.exitCode = 1
  }
}

async function migrateSchema<Config extends PlatformConfig>(
  { name, migrations }: ServiceModule<Config>,
  url: string | undefined,
): Promise<void> {
  if (migrations && url) await migrate({ url, service: name, folder: migrations.folder })
}

async function serve<Config extends PlatformConfig>(
  module: ServiceModule<Config>,
  config: Config,
  keysFile: string | undefined,
): Promise<void> {
  const platform = await openPlatform(module, config, keysFile)
  collectDefaultMetrics({ register: platform.metrics })
  const instance = await module.create(config, platform)
  const running = await startService(module.name, instance, platform, { host: config.HOST, port: config.PORT })
  closeWithGrace({ delay: config.STOP_GRACE_S * 1_000 }, async ({ err }) => {
    if (err) platform.logger.fatal({ err }, 'shutting down after a crash')
    await running.close()
    await platform.close()
  })
}
