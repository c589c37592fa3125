import { fileURLToPath } from 'node:url'
import { forgetOldKeys, idempotencyRetentionMs } from '@concord/service-kit/idempotency'
import type { Job } from '@concord/service-kit/jobs'
import type { ServiceModule } from '@concord/service-kit/service'
import { buildApp } from './app.ts'
import { Config } from './config.ts'
import { idempotencyKeys } from './db/schema.ts'
import { createDeps } from './deps.ts'
import { reloadRevocations } from './sessions/reload-revocations.ts'

const hourMs = 60 * 60 * 1_000

export const auth: ServiceModule<Config> = {
  name: 'auth',
  Config,
  migrations: { folder: fileURLToPath(new URL('../migrations', import.meta.url)) },
  async create(config, platform) {
    const { close, ...deps } = await createDeps(config, platform)
    await reloadRevocations(deps)
    const jobs: Job[] = [
      { name: 'reload revocations', everyMs: 60_000, run: () => reloadRevocations(deps) },
      {
        name: 'remove expired sessions',
        everyMs: hourMs,
        run: () => deps.inTransaction((tx) => tx.sessions.removeExpired(deps.now(), 1_000)),
      },
      {
        name: 'forget idempotency keys',
        everyMs: hourMs,
        run: () =>
          forgetOldKeys(platform.database.db, idempotencyKeys, {
            before: new Date(Date.now() - idempotencyRetentionMs),
          }),
      },
    ]
    return {
      server: buildApp({ ...deps, logger: platform.logger, metrics: platform.metrics, traces: platform.traces }),
      subscriptions: [],
      jobs,
      close,
    }
  },
}
