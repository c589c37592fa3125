import type { Job } from '@concord/service-kit/jobs'
import { retentionJob } from '@concord/service-kit/retention-job'
import type { ServiceModule } from '@concord/service-kit/service'
import { loadSdks } from './adapters/load-sdks.ts'
import { buildApp } from './app.ts'
import { Config } from './config.ts'
import { createDeps, leaseMs } from './deps.ts'
import { migrations } from './db/migrations.ts'
import { retentionOf, retentionRules } from './db/retention.ts'
import { turnSubscriptions } from './turns/subscriptions.ts'

const name = 'ai-inference'
const hourMs = 60 * 60 * 1_000

export const aiInference: ServiceModule<Config> = {
  name,
  Config,
  migrations,
  retention: retentionOf,
  async create(config, platform) {
    const deps = await createDeps(config, platform)
    const { turns, running, catalogue, accessOf } = deps
    const usable = [...catalogue.values()].filter((model) => accessOf(model) !== undefined)
    const jobs: Job[] = [
      {
        name: 'renew leases and heed cancellations',
        everyMs: leaseMs / 5,
        run: async () => running.cancel({ turn_ids: await turns.renew(running.ids()) }),
      },
      {
        name: 'load the SDKs',
        everyMs: 24 * hourMs,
        run: (signal) =>
          loadSdks(
            usable.map(({ provider }) => provider),
            { afterMs: 500, signal },
          ),
      },
      { name: 'settle calls of processes that died', everyMs: leaseMs, run: () => deps.openCalls.settle() },
      { name: 'disown what erased users spent', everyMs: hourMs, run: () => deps.usage.disown() },
      retentionJob(retentionRules(config), {
        db: platform.database.db,
        metrics: platform.metrics,
        logger: platform.logger,
      }),
    ]
    return {
      server: buildApp({
        ...deps,
        name,
        logger: platform.logger,
        registry: platform.metrics,
        traces: platform.traces,
      }),
      subscriptions: turnSubscriptions(deps),
      jobs,
      close: () => deps.close(),
    }
  },
}
