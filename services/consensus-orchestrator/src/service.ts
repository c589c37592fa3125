import { fileURLToPath } from 'node:url'
import { pruneInbox } from '@concord/messaging/inbox'
import { forgetOldKeys, idempotencyRetentionMs } from '@concord/service-kit/idempotency'
import type { Job } from '@concord/service-kit/jobs'
import type { Platform } from '@concord/service-kit/platform'
import type { ServiceModule } from '@concord/service-kit/service'
import { buildApp } from './app.ts'
import { Config } from './config.ts'
import { idempotencyKeys, inbox } from './db/schema.ts'
import { sweepOverdue } from './deliberation/sweep.ts'
import { createDeps } from './deps.ts'
import type { Deps } from './ports.ts'
import { buildSubscriptions } from './subscriptions.ts'

const hourMs = 60 * 60 * 1_000
const inboxRetentionMs = 7 * 24 * hourMs
/** After a start the answers that wait on the bus go first: they came in time, only nobody was there. */
const firstSweepAfterMs = 2_000

export const consensusOrchestrator: ServiceModule<Config> = {
  name: 'consensus-orchestrator',
  Config,
  migrations: { folder: fileURLToPath(new URL('../migrations', import.meta.url)) },
  async create(config, platform) {
    const { close, isReady, check, open, ...deps } = createDeps(config, platform)
    const { logger, metrics } = platform
    // The first submission should not be the one that opens the connections and fetches the token for the list of models.
    deps.panel().catch((err: unknown) => logger.debug({ err }, 'the list of models is not there yet'))
    return {
      server: buildApp({ ...deps, check, isReady, logger, metrics }),
      subscriptions: buildSubscriptions({ ...deps, open }),
      jobs: jobsOf(deps, config, platform),
      close,
    }
  },
}

function jobsOf(deps: Deps, config: Config, { database }: Platform): Job[] {
  const sweepFrom = Date.now() + firstSweepAfterMs
  return [
    {
      name: 'sweep overdue stages',
      everyMs: config.DEADLINE_SWEEP_MS,
      run: async (signal) => (Date.now() < sweepFrom ? 0 : sweepOverdue(deps, signal)),
    },
    {
      name: 'forget idempotency keys',
      everyMs: hourMs,
      run: () => forgetOldKeys(database.db, idempotencyKeys, { before: new Date(Date.now() - idempotencyRetentionMs) }),
    },
    {
      name: 'prune inbox',
      everyMs: hourMs,
      run: () => pruneInbox(database.db, inbox, { olderThanMs: inboxRetentionMs }),
    },
  ]
}
