import Fastify, { LogController, type FastifyBaseLogger } from 'fastify'
import { anthropicApp } from './anthropic/app.ts'
import { createBrain } from './brain/brain.ts'
import { readRecordings } from './brain/recordings.ts'
import { createWrongness, type WrongRule } from './brain/wrongness.ts'
export { readLiars } from './brain/wrongness.ts'
import type { Context } from './context.ts'
import { controlApp } from './control.ts'
import { createFaultBook } from './faults/fault-book.ts'
import { geminiApp } from './gemini/app.ts'
import { openAiApp } from './openai/app.ts'
import type { Pace } from './pace.ts'
import { createRequestLog } from './request-log.ts'
import type { Provider } from './wire/wire.ts'
import { xAiApp } from './xai/app.ts'

export type EmulatorOptions = {
  /** 0, the default, takes a free one. */
  port?: number
  host?: string
  seed?: number
  pace?: Pace
  /** Path of a JSONL file of recorded answers. */
  recordings?: string | undefined
  /** Share of questions on which one of the four providers is wrong; 0.5 by default. */
  wrongRate?: number
  /** Models that are wrong at a rate of their own, liars and gullible ones among them, from the start. */
  wrong?: readonly WrongRule[]
  logger?: FastifyBaseLogger
}

export type Emulators = {
  /** Base URLs as the providers' SDKs take them; OpenAI's SDK wants `/v1` behind the ones for OpenAI and xAI. */
  urls: Record<Provider, string>
  /** Where `/__control/…` is. */
  controlUrl: string
  close(): Promise<void>
}

/** Keys that the emulators take. Any key with the provider's own prefix does. */
export const emulatorKeys: Record<Provider, string> = {
  openai: 'sk-emulator',
  anthropic: 'sk-ant-emulator',
  gemini: 'AIza-emulator',
  xai: 'xai-emulator',
}

/** Starts the four providers on one port of the loopback interface, a prefix each. */
export async function startEmulators(o: EmulatorOptions = {}): Promise<Emulators> {
  const seed = o.seed ?? 1
  const recordings = await readRecordings(o.recordings)
  const wrongness = createWrongness({ seed, rate: o.wrongRate ?? 0.5 })
  for (const rule of o.wrong ?? []) wrongness.set(rule)
  const context: Context = {
    brain: createBrain({ seed, recordings, wrongness }),
    faults: createFaultBook(),
    log: createRequestLog(),
    pace: o.pace ?? 'human',
    seed,
  }
  const server = Fastify({
    ...(o.logger ? { loggerInstance: o.logger } : {}),
    // What was asked is in the request log; two more lines a call would cost the mesh that runs this a twentieth of its time.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 8 * 1024 * 1024,
    forceCloseConnections: true,
    keepAliveTimeout: 30_000,
    requestTimeout: 60_000,
    routerOptions: { maxParamLength: 200 },
  })
  server.register(openAiApp(context), { prefix: '/openai' })
  server.register(anthropicApp(context), { prefix: '/anthropic' })
  server.register(geminiApp(context), { prefix: '/gemini' })
  server.register(xAiApp(context), { prefix: '/xai' })
  server.register(controlApp(context, wrongness), { prefix: '/__control' })
  const base = await server.listen({ port: o.port ?? 0, host: o.host ?? '127.0.0.1' })
  return {
    urls: {
      openai: `${base}/openai`,
      anthropic: `${base}/anthropic`,
      gemini: `${base}/gemini`,
      xai: `${base}/xai`,
    },
    controlUrl: `${base}/__control`,
    close: () => server.close(),
  }
}
