import { inProcessKeyValue } from '@concord/key-value/in-process'
import { busMigrations } from '@concord/messaging/in-process'
import { PassingEvent, liveChannel } from '@concord/contracts/live-events'
import { TurnOutput } from '@concord/contracts/turns'
import { loadConfig } from '@concord/service-kit/config'
import { startService } from '@concord/service-kit/service'
import type { Engine } from '@concord/testing/engines'
import { newKeyRing } from '@concord/vault/key-ring'
import { createVault } from '@concord/vault/vault'
import { Config } from '../src/config.ts'
import { subjectKeys } from '../src/db/schema.ts'
import { aiInference } from '../src/service.ts'
import type { emulatedProviders } from './emulated-providers.ts'
import { openEngines } from './open-engines.ts'
import type { EngineSettings } from './open-engines.ts'
import { watchTurns } from './watch-turns.ts'
import type { Completed } from './watch-turns.ts'

export const migrations = [{ service: aiInference.name, folder: aiInference.migrations?.folder ?? '' }, busMigrations]

type Options = { engine: Engine; providers: Awaited<ReturnType<typeof emulatedProviders>> }

/** ai-inference on one engine, with replicas to start at will, and in the orchestrator's place what the bus tells. */
export async function inferenceMesh({ engine, providers }: Options) {
  const { databaseUrl, redisUrl, redisPrefix, rabbitMqUrl } = engine
  const settings: EngineSettings = { databaseUrl, redisUrl, redisPrefix, rabbitMqUrl, vaultKeys: newKeyRing() }
  const environment = environmentOf(settings, providers)
  const shared = inProcessKeyValue()
  const own = openEngines(settings, shared)
  const vault = createVault({ ring: own.ring, keys: subjectKeys })
  const { close: stopWatching, ...watched } = await watchTurns(own.bus)
  const closing: (() => Promise<void>)[] = []

  return {
    ...watched,
    environment,
    vault,
    database: own.database,
    bus: own.bus,
    async start() {
      const platform = openEngines(settings, shared)
      const instance = await aiInference.create(loadConfig(Config, environment), platform)
      const service = await startService(aiInference.name, instance, platform, { host: '127.0.0.1', port: 0 })
      const close = once(async () => {
        await service.close()
        await platform.close()
      })
      closing.push(close)
      return { url: service.url, close }
    },
    async publish(...messages: { id: string; type: string }[]) {
      await own.bus.publish(messages.map((body) => ({ id: body.id, type: body.type, body, headers: {} })))
    },
    open: ({ data }: Completed) =>
      TurnOutput.parse(JSON.parse(vault.open({ aad: `turn|${data.turn_id}|output`, sealed: data.sealed_output }))),
    async watchLive(queryId: string) {
      const pieces: PassingEvent[] = []
      await own.keyValue.subscribe(liveChannel(queryId), (text) => pieces.push(PassingEvent.parse(JSON.parse(text))))
      return pieces
    },
    async close() {
      await Promise.all(closing.map((close) => close()))
      await stopWatching()
      await own.close()
      await shared.close()
    },
  }
}

export type InferenceMesh = Awaited<ReturnType<typeof inferenceMesh>>

function environmentOf(settings: EngineSettings, { urls }: Options['providers']): Record<string, string> {
  return {
    DATABASE_URL: settings.databaseUrl,
    VAULT_KEYS: settings.vaultKeys,
    SERVICE_CLIENT_SECRET: 'the secret of this test',
    LOG_LEVEL: 'silent',
    PORT: '0',
    BREAKER_FAILURES: '1000',
    EMULATOR_URL_OPENAI: urls.openai,
    EMULATOR_URL_ANTHROPIC: urls.anthropic,
    EMULATOR_URL_GEMINI: urls.gemini,
    EMULATOR_URL_XAI: urls.xai,
    ENGINE_SETTINGS: JSON.stringify(settings),
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= work())
}
