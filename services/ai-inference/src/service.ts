import { fileURLToPath } from 'node:url'
import type { Job } from '@concord/service-kit/jobs'
import type { ServiceModule } from '@concord/service-kit/service'
import { loadSdks } from './adapters/load-sdks.ts'
import { buildApp } from './app.ts'
import { Config } from './config.ts'
import { createDeps, leaseMs } from './deps.ts'
import { turnSubscriptions } from './turns/subscriptions.ts'

const name = 'ai-inference'
const hourMs = 60 * 60 * 1_000

export const aiInference: ServiceModule<Config> = {
  name,
  Config,
  migrations: { folder: fileURLToPath(new URL('../migrations', import.meta.url)) },
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
      { name: 'remove old turns', everyMs: hourMs, run: () => turns.prune() },
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
      { name: 'remove old usage', everyMs: hourMs, run: () => deps.usage.prune() },
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
