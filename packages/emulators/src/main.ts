import { pino } from 'pino'
import { z } from 'zod'
import { readLiars, startEmulators } from './server.ts'

const Config = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8090),
  EMULATOR_SEED: z.coerce.number().int().default(1),
  EMULATOR_PACE: z.enum(['human', 'instant']).default('human'),
  EMULATOR_WRONG_RATE: z.coerce.number().min(0).max(1).default(0.5),
  EMULATOR_RECORDINGS: z.string().optional(),
  EMULATOR_LIARS: z.string().default(''),
})

const config = Config.parse(process.env)
const logger = pino({ name: 'emulators' })
const emulators = await startEmulators({
  host: config.HOST,
  port: config.PORT,
  seed: config.EMULATOR_SEED,
  pace: config.EMULATOR_PACE,
  wrongRate: config.EMULATOR_WRONG_RATE,
  recordings: config.EMULATOR_RECORDINGS,
  wrong: readLiars(config.EMULATOR_LIARS),
})
logger.info({ urls: emulators.urls, control: emulators.controlUrl }, 'the emulators are ready')

const stop = () => {
  emulators.close().catch((error: unknown) => {
    logger.error({ err: error }, 'the emulators did not close cleanly')
    process.exitCode = 1
  })
}
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
