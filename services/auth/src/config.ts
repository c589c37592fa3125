import { platformSettings, wholeNumber } from '@concord/service-kit/settings'
import { z } from 'zod'
import { longestTokenS } from './tokens/signing-keys.ts'

const secrets = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]*=[^,=\s]{16,}(,[a-z][a-z0-9-]*=[^,=\s]{16,})*$/,
    'expected name=secret pairs separated by commas, each secret of 16 characters or more',
  )
  .transform(
    (text) =>
      new Map(
        text.split(',').map((pair): [string, string] => [pair.split('=')[0] ?? '', pair.slice(pair.indexOf('=') + 1)]),
      ),
  )

export const Config = z.object({
  ...platformSettings,
  SERVICE_CLIENTS: secrets.meta({
    description: 'Secrets of the services that may ask for tokens.',
    example: 'gateway=…,consensus-orchestrator=…',
  }),
  ACCESS_TOKEN_TTL_S: wholeNumber({ min: 60, max: longestTokenS, initial: 600 }).meta({
    description: 'Seconds an access token is valid.',
  }),
  REFRESH_TOKEN_TTL_S: wholeNumber({ min: 3_600, max: 7_776_000, initial: 1_209_600 }).meta({
    description: 'Seconds a refresh token is valid.',
  }),
  REFRESH_GRACE_S: wholeNumber({ min: 0, max: 60, initial: 10 }).meta({
    description: 'Seconds after its use in which a refresh token is refused without ending its session.',
  }),
  API_KEYS_PER_USER: wholeNumber({ min: 1, max: 1_000, initial: 50 }).meta({
    description: 'API keys that one account may hold.',
  }),
})
export type Config = z.output<typeof Config>
