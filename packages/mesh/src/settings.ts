import { flag, platformSettings, wholeNumber } from '@concord/service-kit/settings'
import { traceSettings } from '@concord/service-kit/trace-settings'
import { z } from 'zod'

/** What the one-process mesh reads itself; everything else goes on to the services unread. */
export const MeshConfig = z.object({
  NODE_ENV: platformSettings.NODE_ENV,
  HOST: platformSettings.HOST,
  PORT: platformSettings.PORT,
  LOG_LEVEL: platformSettings.LOG_LEVEL,
  PUBLIC_URL: z.url().optional().meta({
    description: 'Where clients reach the mesh; built from HOST and PORT when absent.',
    example: 'https://concord.example',
  }),
  CONCORD_DATA_DIR: z
    .string()
    .default('.concord')
    .meta({ description: 'Folder of the embedded database, the log and the generated secrets.' }),
  DATABASE_URL: platformSettings.DATABASE_URL.optional(),
  REDIS_URL: platformSettings.REDIS_URL,
  RABBITMQ_URL: platformSettings.RABBITMQ_URL,
  VAULT_KEYS: platformSettings.VAULT_KEYS.optional(),
  ...traceSettings,
  POSTGRES_TOOLS_DIR: z.string().optional().meta({
    description: 'Folder of pg_dump and pg_restore, for backups; absent, the nearest installed version is taken.',
    example: '/usr/lib/postgresql/17/bin',
  }),
  EMULATOR_RECORDINGS: z
    .string()
    .optional()
    .meta({ description: 'JSONL file of recorded answers that the emulated models play back, by question.' }),
  EMULATOR_PACE: z
    .enum(['human', 'instant'])
    .default('human')
    .meta({ description: 'How fast the emulated models stream: like real ones (1–3 s), or at once.' }),
  EMULATOR_SEED: wholeNumber({ min: 0, max: 2_147_483_647, initial: 1 }).meta({
    description: 'Seed of the emulated models.',
  }),
  EMULATOR_LIARS: z.string().default('').meta({
    description: 'Emulated models that lie, each with the tactic by which it tries to carry a debate.',
    example: 'grok=injection, claude=authority',
  }),
  EMULATOR_PORT: wholeNumber({ min: 0, max: 65_535, initial: 0 }).meta({
    description: 'Loopback port of the emulated providers; 0 takes a free one.',
  }),
  EMULATORS: flag(true).meta({ description: 'Emulate the providers that have no key. Always off in production.' }),
})
export type MeshConfig = z.output<typeof MeshConfig>
