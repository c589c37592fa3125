import { randomBytes } from 'node:crypto'
import { liveChannel } from '@concord/contracts/live-events'
import type { DurableEvent } from '@concord/contracts/live-events'
import { sharedClock } from '@concord/database/shared-clock'
import type { KeyValue } from '@concord/key-value/key-value'
import { startRelay } from '@concord/messaging/outbox'
import { newId } from '@concord/service-kit/ids'
import type { Logger } from '@concord/service-kit/logging'
import { measureOutbox } from '@concord/service-kit/metrics'
import type { Platform } from '@concord/service-kit/platform'
import { serviceClient, serviceTokens } from '@concord/service-kit/service-client'
import { tokenCheck } from '@concord/service-kit/token'
import { createVault } from '@concord/vault/vault'
import { inferencePanel } from './adapters/inference-panel.ts'
import { learningReader } from './adapters/learning-reader.ts'
import { lastSweep } from './adapters/last-sweep.ts'
import { postgresReader } from './adapters/postgres-reader.ts'
import { postgresTransaction } from './adapters/postgres-transaction.ts'
import type { Committed } from './adapters/postgres-transaction.ts'
import { prometheusMeasures } from './adapters/prometheus-measures.ts'
import { loadAnchors } from './anchors/anchor-questions.ts'
import type { Anchor } from './anchors/ports.ts'
import type { Config } from './config.ts'
import { outbox, subjectKeys } from './db/schema.ts'
import { learnedCache } from './learning/learned.ts'
import type { Deps, Measures } from './ports.ts'

/** The only place where real adapters are chosen. */
export function createDeps(config: Config, platform: Platform) {
  const { database, bus, keyValue, ring, logger, metrics } = platform
  const vault = createVault({ ring, keys: subjectKeys })
  const relay = startRelay({ database, outbox, bus, logger })
  measureOutbox(metrics, relay.lag)
  const tokens = serviceTokens({
    authUrl: config.AUTH_URL,
    clientId: 'consensus-orchestrator',
    clientSecret: config.SERVICE_CLIENT_SECRET,
  })
  const inference = serviceClient({ baseUrl: config.INFERENCE_URL, tokens: tokens.token })
  const reader = postgresReader(database, vault)
  const learning = learningReader(database)
  const measures = prometheusMeasures(metrics, { running: reader.running, compared: learning.compared })
  const clock = sharedClock(database, { logger })
  const now = clock.now

  const deps: Deps = {
    inTransaction: postgresTransaction({
      database,
      vault,
      committed(what) {
        if (what.announced) relay.nudge()
        publishLive(keyValue, logger, what.events)
        measure(measures, what)
      },
    }),
    reader,
    panel: inferencePanel(inference, now),
    learned: learnedCache(learning.snapshot, now),
    anchors: anchorsOrNone(logger),
    measures,
    now,
    newId,
    newToken: () => randomBytes(8).toString('hex'),
    settings: settingsFrom(config),
  }
  return {
    ...deps,
    /** Resolves when deadlines are told by the clock that all replicas share. */
    started: clock.started,
    lastSweep: lastSweep(keyValue),
    open: vault.open,
    check: tokenCheck({
      issuer: config.PUBLIC_URL,
      keyValue,
      keys: new URL('/.well-known/jwks.json', config.AUTH_URL),
    }),
    isReady: async () => {
      await Promise.all([database.ping(), keyValue.ping(), bus.ping()])
    },
    async close() {
      clock.close()
      await Promise.all([relay.close(), inference.close(), tokens.close()])
    },
  }
}

/** Without them a council answers all the same; its models are measured by feedback only. */
function anchorsOrNone(logger: Logger): readonly Anchor[] {
  try {
    return loadAnchors()
  } catch (err) {
    logger.error({ err }, 'there are no anchor questions')
    return []
  }
}

/** Lossy on purpose: whoever misses an event asks for it by its number. */
function publishLive(keyValue: KeyValue, logger: Logger, events: readonly DurableEvent[]): void {
  for (const event of events) {
    keyValue.publish(liveChannel(event.query_id), JSON.stringify(event)).catch((err: unknown) => {
      logger.debug({ err }, 'a live event was not published')
    })
  }
}

function measure(measures: Measures, { events, stages }: Committed): void {
  for (const { stage, seconds } of stages) measures.stage(stage, seconds)
  for (const { type, data } of events) {
    if (type !== 'query_completed' && type !== 'query_failed' && type !== 'query_cancelled') continue
    if (data.status === 'processing') continue
    const consensus = data.status === 'completed' ? data.consensus : undefined
    const outcome = consensus?.outcome ?? (data.status === 'failed' ? data.error.code : data.status)
    measures.ended({ status: data.status, outcome, confidence: consensus?.confidence ?? null })
  }
}

function settingsFrom(config: Config): Deps['settings'] {
  return {
    publicUrl: config.PUBLIC_URL,
    turnDeadlineMs: config.TURN_DEADLINE_S * 1_000,
    feedbackPerDay: config.FEEDBACK_PER_DAY,
    anchors: {
      perDay: config.ANCHORS_PER_DAY,
      usdPerDay: config.ANCHORS_USD_PER_DAY,
      sandbox: config.ANCHORS_SANDBOX,
    },
  }
}
