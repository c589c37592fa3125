import type { Job } from '@concord/service-kit/jobs'
import type { Platform } from '@concord/service-kit/platform'
import { retentionJob } from '@concord/service-kit/retention-job'
import type { ServiceModule } from '@concord/service-kit/service'
import { askAnchors } from './anchors/ask-anchors.ts'
import { buildApp } from './app.ts'
import { Config } from './config.ts'
import { sweepOverdue } from './deliberation/sweep.ts'
import { createDeps } from './deps.ts'
import { fitSettings } from './learning/fit-settings.ts'
import { learnNightly } from './learning/learn-nightly.ts'
import type { LearnedReliability } from './learning/ports.ts'
import type { Deps, LastSweep } from './ports.ts'
import { migrations } from './db/migrations.ts'
import { retentionOf, retentionRules } from './db/retention.ts'
import { buildSubscriptions } from './subscriptions.ts'

const minuteMs = 60 * 1_000
/** After a start the answers that wait on the bus go first: they came in time, only nobody was there. */
const firstSweepAfterMs = 2_000
/** A start is busy enough, and a process that starts again and again should not ask each time. */
const firstAnchorsAfterMs = 5 * minuteMs

export const consensusOrchestrator: ServiceModule<Config> = {
  name: 'consensus-orchestrator',
  Config,
  migrations,
  retention: retentionOf,
  async create(config, platform) {
    const { close, isReady, check, open, started, ...deps } = createDeps(config, platform)
    await started
    const { logger, metrics, traces } = platform
    // The first submission should not be the one that opens the connections and fetches the token for the list of models.
    deps.panel().catch((err: unknown) => logger.debug({ err }, 'the list of models is not there yet'))
    deps.learned.current().catch((err: unknown) => logger.debug({ err }, 'what has been learned is not there yet'))
    return {
      server: buildApp({ ...deps, check, isReady, logger, metrics, traces }),
      subscriptions: buildSubscriptions({ ...deps, open }),
      jobs: jobsOf(deps, config, platform),
      close,
    }
  },
}

function jobsOf(deps: Deps & { lastSweep: LastSweep }, config: Config, { database, logger, metrics }: Platform): Job[] {
  const startedAt = Date.now()
  return [
    {
      name: 'sweep overdue stages',
      everyMs: config.DEADLINE_SWEEP_MS,
      run: async (signal) => (Date.now() < startedAt + firstSweepAfterMs ? 0 : sweepOverdue(deps, signal)),
    },
    {
      name: 'ask anchor questions',
      everyMs: minuteMs,
      run: async () => (Date.now() < startedAt + firstAnchorsAfterMs ? 0 : askAnchors(deps)),
    },
    {
      name: 'learn from the day',
      everyMs: 10 * minuteMs,
      async run(signal) {
        const night = await learnNightly(deps, signal)
        for (const alarm of night?.alarms ?? []) logger.warn(alarmOf(alarm), 'agreement and anchors disagree')
        await fitSettings(deps)
      },
    },
    retentionJob(retentionRules(config), { db: database.db, metrics, logger }),
  ]
}

function alarmOf({ model, providerModel, sandbox, scope, disagreement }: LearnedReliability) {
  return { model, provider_model: providerModel, sandbox, domain: scope, disagreement }
}
