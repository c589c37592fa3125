import type { ServiceModule } from '@concord/service-kit/service'
import { buildApp } from './app.ts'
import { Config } from './config.ts'
import { createDeps } from './deps.ts'

export const gateway: ServiceModule<Config> = {
  name: 'gateway',
  facesClients: true,
  Config,
  async create(config, platform) {
    const { close, subscriptions, ...deps } = await createDeps(config, platform)
    const trustProxy = config.TRUSTED_PROXIES ?? false
    return {
      server: buildApp({
        ...deps,
        trustProxy,
        logger: platform.logger,
        metrics: platform.metrics,
        traces: platform.traces,
      }),
      subscriptions,
      jobs: [],
      close,
    }
  },
}
