import { sharedClock } from '@concord/database/shared-clock'
import type { SharedClock } from '@concord/database/shared-clock'
import { startRelay } from '@concord/messaging/outbox'
import { newOwner } from '@concord/messaging/process-liveness'
import { measureOutbox } from '@concord/service-kit/metrics'
import type { Platform } from '@concord/service-kit/platform'
import { tokenCheck } from '@concord/service-kit/token'
import { createVault } from '@concord/vault/vault'
import { keyValueCancelChannel, keyValueLive } from './adapters/key-value-live.ts'
import { languageModel } from './adapters/language-model.ts'
import { openCallStore } from './adapters/open-call-store.ts'
import { postgresTurns } from './adapters/postgres-turns.ts'
import { postgresUsage } from './adapters/postgres-usage.ts'
import { openUpstreams } from './adapters/upstreams.ts'
import { callMetrics } from './calls/call-metrics.ts'
import { createCallModel } from './calls/call-model.ts'
import { createLane } from './calls/lane.ts'
import { callWatches } from './completions/call-limits.ts'
import type { Config } from './config.ts'
import type { Embedder } from './embeddings/embedder.ts'
import { outbox, subjectKeys } from './db/schema.ts'
import { Provider, loadCatalogue, loadEmbeddingModels } from './models/catalogue.ts'
import type { Catalogue, CatalogueModel } from './models/catalogue.ts'
import { concurrencyOf, providerAccess } from './models/provider-access.ts'
import { latenciesKept, trackRecord } from './models/track-record.ts'
import type { TurnStore } from './ports.ts'
import { createEmbedClaims } from './turns/embed-claims.ts'
import { runningTurns } from './turns/running-turns.ts'
import { handlers } from './turns/subscriptions.ts'
import { turnMetrics } from './turns/turn-metrics.ts'
import { callJournal } from './usage/call-journal.ts'
import { followedRecorder } from './usage/followed-recorder.ts'
import { tokenBudget } from './usage/token-budget.ts'

/** A dead process on another host delays its turns by this; on the same host they are taken over at once. */
export const leaseMs = 6_000

/** What of the time to stop is kept for telling the callers whose calls were cut, and for storing what they used. */
const afterCallsMs = 7_000

/** The only place where real adapters are chosen. */
export async function createDeps(config: Config, platform: Platform) {
  const { database, bus, keyValue, ring, logger, metrics } = platform
  const owner = newOwner()
  const vault = createVault({ ring, keys: subjectKeys })
  const relay = startRelay({ database, outbox, bus, logger })
  measureOutbox(metrics, relay.lag)
  const clock = sharedClock(database, { logger })
  await clock.started
  const running = runningTurns()
  const turns = postgresTurns({
    database,
    vault,
    leases: { owner: owner.name, leaseMs },
    handlers,
    committed: () => relay.nudge(),
  })
  const models = await createModels(config, platform, turns, clock)
  const { closeDoor, ...door } = createDoor(config, platform, models.catalogue, owner.name)
  const onFault = (error: unknown) => logger.error({ err: error }, 'claims could not be embedded')
  const embedders = config.CLAIM_EMBEDDINGS ? door.embedders : new Map<string, Embedder>()
  const cancelChannel = keyValueCancelChannel(keyValue, logger)
  const unsubscribe = await cancelChannel.subscribe((cancellation) => running.cancel(cancellation))

  return {
    turns,
    running,
    ...models,
    ...door,
    embedClaims: createEmbedClaims({ ...models, ...door, embedders, onFault }),
    cancelChannel,
    openPrompt: (turnId: string, sealed: string) => vault.open({ aad: `turn|${turnId}|prompt`, sealed }),
    publishLive: keyValueLive(keyValue, logger),
    onResult: turnMetrics(metrics, logger),
    maxAttempts: config.MODEL_MAX_ATTEMPTS,
    // Twice the places at the providers, so that one slow provider does not keep turns of the others from being taken.
    turnsHeld: 2 * Provider.options.reduce((sum, provider) => sum + concurrencyOf(config, provider), 0),
    now: clock.now,
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
      const unfinished = running.ids()
      await running.close()
      await turns.release(unfinished)
      await unsubscribe()
      await relay.close()
      await closeDoor()
      owner.retire()
    },
  }
}

/** What the OpenAI-compatible routes stand on, beside the lanes and metrics of all calls. */
function createDoor(config: Config, { database, logger, metrics }: Platform, catalogue: Catalogue, owner: string) {
  const usage = postgresUsage(database.db)
  const openCalls = openCallStore(database.db, { owner })
  const recorder = followedRecorder({
    store: usage,
    journal: callJournal({ store: openCalls, logger }),
    logger,
    metrics,
  })
  const embeddingModels = loadEmbeddingModels(config.MODEL_CATALOGUE)
  const { closeUpstreams, ...upstreams } = openUpstreams(config, { chat: catalogue, embedding: embeddingModels })
  const limits = {
    free: config.TOKENS_PER_DAY_FREE,
    pro: config.TOKENS_PER_DAY_PRO,
    researcher: config.TOKENS_PER_DAY_RESEARCHER,
    guardian: config.TOKENS_PER_DAY_GUARDIAN,
  }
  return {
    ...upstreams,
    embeddingModels,
    usage,
    openCalls,
    recorder,
    budget: tokenBudget({ store: usage, limits }),
    watches: callWatches({
      perUser: config.CALLS_PER_USER,
      timeoutMs: config.CHAT_TIMEOUT_MS,
      stopGraceMs: config.STOP_GRACE_S * 1_000 - afterCallsMs,
    }),
    chatLimits: {
      bodyBytes: config.CHAT_BODY_LIMIT_BYTES,
      messagesMax: config.CHAT_MESSAGES_MAX,
      idleMs: config.CHAT_IDLE_MS,
    },
    isEmulated: (provider: Provider) => providerAccess(config, provider)?.sandbox === true,
    closeDoor: async () => {
      await recorder.close()
      await closeUpstreams()
    },
  }
}

async function createModels(config: Config, platform: Platform, turns: TurnStore, { now }: SharedClock) {
  const catalogue = loadCatalogue(config.MODEL_CATALOGUE)
  const accessOf = (model: CatalogueModel) => providerAccess(config, model.provider)
  const record = trackRecord(await turns.recentLatencies(latenciesKept))
  const lanes = createLanes(config)
  const laneOf = (model: { provider: Provider }) => lanes[model.provider]
  const metrics = callMetrics(platform, new Map(Provider.options.map((provider) => [provider, lanes[provider]])))
  const callModel = createCallModel({
    languageModels: languageModels(config, catalogue),
    laneOf,
    metrics,
    record,
    silenceMs: config.MODEL_SILENCE_MS,
    now: () => now().getTime(),
  })
  return {
    catalogue,
    callModel,
    laneOf,
    metrics,
    record,
    accessOf,
    breakerOf: (model: CatalogueModel) => laneOf(model).breaker(),
    isSandbox: (name: string) => {
      const model = catalogue.get(name)
      return model !== undefined && accessOf(model)?.sandbox === true
    },
  }
}

function createLanes(config: Config) {
  const lane = (provider: Provider) =>
    createLane({
      provider,
      concurrency: concurrencyOf(config, provider),
      breakerFailures: config.BREAKER_FAILURES,
      breakerOpenMs: config.BREAKER_OPEN_MS,
    })
  return { openai: lane('openai'), anthropic: lane('anthropic'), gemini: lane('gemini'), xai: lane('xai') }
}

function languageModels(config: Config, catalogue: Catalogue) {
  return new Map(
    [...catalogue.values()].flatMap((model) => {
      const access = providerAccess(config, model.provider)
      return access ? [[model.name, languageModel(model, access)] as const] : []
    }),
  )
}
