import { flag, platformSettings, wholeNumber } from '@concord/service-kit/settings'
import { z } from 'zod'
import { retentionSettings } from './retention-settings.ts'

const key = (provider: string) =>
  z
    .string()
    .min(8)
    .optional()
    .meta({ description: `Key of ${provider}. Without it the provider is emulated, or absent in production.` })
const baseUrl = (provider: string, initial: string) =>
  z
    .url()
    .default(initial)
    .meta({ description: `Where ${provider}’s API is.` })
const emulatorUrl = (provider: string) =>
  z
    .url()
    .optional()
    .meta({ description: `Where an emulator of ${provider} listens; set by the mesh, never used in production.` })
const tokensPerDay = (plan: string, initial: string) =>
  z
    .string()
    .regex(/^(unlimited|\d{1,15})$/, 'expected a number of tokens or unlimited')
    .default(initial)
    .transform((text) => (text === 'unlimited' ? null : Number(text)))
    .meta({ description: `Tokens that a user of the plan ${plan} may spend on single models (\`/v1\`) a UTC day.` })
const concurrency = (provider: string) =>
  wholeNumber({ min: 1, max: 1_000, initial: 16 }).meta({
    description: `Calls to ${provider} that one process makes at a time.`,
  })

export const Config = z
  .object({
    ...platformSettings,
    OPENAI_API_KEY: key('OpenAI'),
    ANTHROPIC_API_KEY: key('Anthropic'),
    GEMINI_API_KEY: key('Google Gemini'),
    XAI_API_KEY: key('xAI'),
    OPENAI_BASE_URL: baseUrl('OpenAI', 'https://api.openai.com'),
    ANTHROPIC_BASE_URL: baseUrl('Anthropic', 'https://api.anthropic.com'),
    GEMINI_BASE_URL: baseUrl('Google Gemini', 'https://generativelanguage.googleapis.com'),
    XAI_BASE_URL: baseUrl('xAI', 'https://api.x.ai'),
    EMULATOR_URL_OPENAI: emulatorUrl('OpenAI'),
    EMULATOR_URL_ANTHROPIC: emulatorUrl('Anthropic'),
    EMULATOR_URL_GEMINI: emulatorUrl('Google Gemini'),
    EMULATOR_URL_XAI: emulatorUrl('xAI'),
    OPENAI_CONCURRENCY: concurrency('OpenAI'),
    ANTHROPIC_CONCURRENCY: concurrency('Anthropic'),
    GEMINI_CONCURRENCY: concurrency('Google Gemini'),
    XAI_CONCURRENCY: concurrency('xAI'),
    MODEL_CATALOGUE: z.string().optional().meta({
      description: 'JSON file that changes, adds or removes models of the built-in catalogue, by name.',
      example: '/etc/concord/models.json',
    }),
    CLAIM_EMBEDDINGS: flag(true).meta({
      description: 'Whether the claims of open answers are embedded, so that equal ones are voted on once.',
    }),
    MODEL_MAX_ATTEMPTS: wholeNumber({ min: 1, max: 5, initial: 3 }).meta({
      description: 'Calls made for one turn, the first included, when a provider fails.',
    }),
    MODEL_SILENCE_MS: wholeNumber({ min: 100, max: 600_000, initial: 60_000 }).meta({
      description:
        'Milliseconds without a sign of life after which a call counts as hanging; less when a turn has less time.',
    }),
    BREAKER_FAILURES: wholeNumber({ min: 1, max: 1_000, initial: 8 }).meta({
      description: 'Outages in a row after which a provider is left alone for a while.',
    }),
    BREAKER_OPEN_MS: wholeNumber({ min: 100, max: 600_000, initial: 10_000 }).meta({
      description: 'Milliseconds for which it is left alone before one call tries it again.',
    }),
    TOKENS_PER_DAY_FREE: tokensPerDay('free', '100000'),
    TOKENS_PER_DAY_PRO: tokensPerDay('pro', '2000000'),
    TOKENS_PER_DAY_RESEARCHER: tokensPerDay('researcher', '10000000'),
    TOKENS_PER_DAY_GUARDIAN: tokensPerDay('guardian', 'unlimited'),
    CALLS_PER_USER: wholeNumber({ min: 1, max: 10_000, initial: 64 }).meta({
      description: 'Calls of single models (`/v1`) that one user may have under way at one process.',
    }),
    CHAT_BODY_LIMIT_BYTES: wholeNumber({ min: 1_024, max: 104_857_600, initial: 10_485_760 }).meta({
      description: 'Largest body of a chat completion, its images included.',
    }),
    CHAT_MESSAGES_MAX: wholeNumber({ min: 1, max: 100_000, initial: 2_000 }).meta({
      description: 'Messages that one chat completion may hold.',
    }),
    CHAT_TIMEOUT_MS: wholeNumber({ min: 100, max: 3_600_000, initial: 600_000 }).meta({
      description: 'Milliseconds that a chat completion may take in all.',
    }),
    CHAT_IDLE_MS: wholeNumber({ min: 100, max: 3_600_000, initial: 120_000 }).meta({
      description: 'Milliseconds without a byte of a streamed chat completion after which it is given up.',
    }),
    ...retentionSettings,
  })
  .refine(
    ({ NODE_ENV: environment, ...config }) =>
      environment !== 'production' ||
      [config.OPENAI_API_KEY, config.ANTHROPIC_API_KEY, config.GEMINI_API_KEY, config.XAI_API_KEY].some(Boolean),
    {
      // Also beside other faults: all that is missing is named at once.
      when: () => true,
      path: ['OPENAI_API_KEY'],
      error: 'in production the key of at least one provider is needed (OPENAI_API_KEY, ANTHROPIC_API_KEY, …)',
    },
  )
export type Config = z.output<typeof Config>
