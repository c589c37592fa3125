import type { Job } from '@concord/service-kit/jobs'
import { retentionJob } from '@concord/service-kit/retention-job'
import type { ServiceModule } from '@concord/service-kit/service'
import { buildApp } from './app.ts'
import { Config } from './config.ts'
import { createDeps } from './deps.ts'
import { migrations } from './db/migrations.ts'
import { retentionRules } from './db/retention.ts'
import { reloadRevocations } from './sessions/reload-revocations.ts'

/** A new key is published this soon, and signs only when every replica and every service has had the time to see it. */
const noticeKeysMs = 5_000

export const auth: ServiceModule<Config> = {
  name: 'auth',
  Config,
  migrations,
  retention: retentionRules,
  async create(config, platform) {
    const { close, ...deps } = await createDeps(config, platform)
    await reloadRevocations(deps)
    const jobs: Job[] = [
      { name: 'reload revocations', everyMs: 60_000, run: () => reloadRevocations(deps) },
      { name: 'notice new signing keys', everyMs: noticeKeysMs, run: () => deps.noticeSigningKeys() },
      retentionJob(retentionRules(), { db: platform.database.db, metrics: platform.metrics, logger: platform.logger }),
    ]
    return {
      server: buildApp({ ...deps, logger: platform.logger, metrics: platform.metrics, traces: platform.traces }),
      subscriptions: [],
      jobs,
      close,
    }
  },
}
