import { inProcessKeyValue } from '@concord/key-value/in-process'
import type { KeyValue } from '@concord/key-value/key-value'
import type { Subscription } from '@concord/messaging/bus'
import { busMigrations } from '@concord/messaging/in-process'
import { on } from '@concord/messaging/subscribe'
import { turnCompleted, turnFailed, turnStarted } from '@concord/contracts/events'
import type { EventOf } from '@concord/contracts/envelope'
import { PassingEvent, liveChannel } from '@concord/contracts/live-events'
import { TurnOutput } from '@concord/contracts/turns'
import { loadConfig } from '@concord/service-kit/config'
import { startService } from '@concord/service-kit/service'
import type { Engine } from '@concord/testing/engines'
import { newKeyRing } from '@concord/vault/key-ring'
import { createVault } from '@concord/vault/vault'
import { expect, vi } from 'vitest'
import { Config } from '../src/config.ts'
import { subjectKeys } from '../src/db/schema.ts'
import { aiInference } from '../src/service.ts'
import type { emulatedProviders } from './emulated-providers.ts'
import { openEngines } from './open-engines.ts'
import type { EngineSettings } from './open-engines.ts'

type Completed = EventOf<typeof turnCompleted>
type Failed = EventOf<typeof turnFailed>
type TurnEvent = EventOf<typeof turnStarted> | Completed | Failed

export const migrations = [{ service: aiInference.name, folder: aiInference.migrations?.folder ?? '' }, busMigrations]

type Options = {
  engine: Engine
  providers: Awaited<ReturnType<typeof emulatedProviders>>
  env?: Record<string, string>
}

/** ai-inference on one engine, with replicas to start at will, and in the orchestrator's place what the bus tells. */
export async function inferenceMesh({ engine, providers, env = {} }: Options) {
  const { close: _close, name: _name, ...urls } = engine
  const settings: EngineSettings = { ...urls, vaultKeys: newKeyRing() }
  const environment = {
    DATABASE_URL: engine.databaseUrl,
    VAULT_KEYS: settings.vaultKeys,
    SERVICE_CLIENT_SECRET: 'the secret of this test',
    LOG_LEVEL: 'silent',
    PORT: '0',
    BREAKER_FAILURES: '1000',
    EMULATOR_URL_OPENAI: providers.urls.openai,
    EMULATOR_URL_ANTHROPIC: providers.urls.anthropic,
    EMULATOR_URL_GEMINI: providers.urls.gemini,
    EMULATOR_URL_XAI: providers.urls.xai,
    ENGINE_SETTINGS: JSON.stringify(settings),
    ...env,
  }
  const shared = inProcessKeyValue()

  const own = openEngines(settings, shared)
  const vault = createVault({ ring: own.ring, keys: subjectKeys })
  const events: TurnEvent[] = []
  const note = async (event: TurnEvent) => void events.push(event)
  const watching: Subscription[] = [
    on(turnStarted, { handler: 'test.turn.started.v1' }, note),
    on(turnCompleted, { handler: 'test.turn.completed.v1' }, note),
    on(turnFailed, { handler: 'test.turn.failed.v1' }, note),
  ]
  await own.bus.declare('test', watching)
  const watcher = await own.bus.consume('test', watching)
  const closing: (() => Promise<void>)[] = []

  return {
    environment,
    vault,
    database: own.database,
    keyValue: own.keyValue,
    bus: own.bus,
    events,
    async start(changes: { keyValue?: KeyValue; env?: Record<string, string> } = {}) {
      const opened = openEngines(settings, shared)
      const platform = { ...opened, ...(changes.keyValue ? { keyValue: changes.keyValue } : {}) }
      const instance = await aiInference.create(loadConfig(Config, { ...environment, ...changes.env }), platform)
      const service = await startService(aiInference.name, instance, platform, { host: '127.0.0.1', port: 0 })
      let closed = false
      const close = async () => {
        if (closed) return
        closed = true
        await service.close()
        await opened.close()
      }
      closing.push(close)
      return { url: service.url, close }
    },
    async publish(...messages: { id: string; type: string }[]) {
      await own.bus.publish(messages.map((body) => ({ id: body.id, type: body.type, body, headers: {} })))
    },
    /** The turn's result, when it has come. */
    async resultOf(turnId: string): Promise<Completed | Failed> {
      return vi.waitFor(
        () => {
          const found = resultsOf(events, turnId)[0]
          expect(found).toBeDefined()
          if (!found) throw new Error('no result')
          return found
        },
        { timeout: 25_000, interval: 20 },
      )
    },
    results: (turnId: string) => resultsOf(events, turnId),
    started: (turnId: string) =>
      vi.waitFor(
        () => expect(events.some(({ type, data }) => type === turnStarted.type && data.turn_id === turnId)).toBe(true),
        { timeout: 25_000, interval: 20 },
      ),
    open: ({ data }: Completed) =>
      TurnOutput.parse(JSON.parse(vault.open({ aad: `turn|${data.turn_id}|output`, sealed: data.sealed_output }))),
    async watchLive(queryId: string) {
      const pieces: PassingEvent[] = []
      await own.keyValue.subscribe(liveChannel(queryId), (text) => pieces.push(PassingEvent.parse(JSON.parse(text))))
      return pieces
    },
    async close() {
      await Promise.all(closing.map((close) => close()))
      await watcher.close()
      await own.close()
      await shared.close()
    },
  }
}

export type InferenceMesh = Awaited<ReturnType<typeof inferenceMesh>>

function resultsOf(events: readonly TurnEvent[], turnId: string): (Completed | Failed)[] {
  return events.flatMap((event) => (event.type !== turnStarted.type && event.data.turn_id === turnId ? [event] : []))
}
