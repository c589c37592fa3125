import { platformSettings, wholeNumber } from '@concord/service-kit/settings'
import { z } from 'zod'

const { DATABASE_URL: _noDatabase, VAULT_KEYS: _noKeys, DATABASE_POOL_MAX: _noPool, ...settings } = platformSettings

export const Config = z.object({
  ...settings,
  INFERENCE_URL: z
    .url()
    .default('http://localhost:3003')
    .meta({ description: 'Where the ai-inference service listens.' }),
  ORCHESTRATOR_URL: z
    .url()
    .default('http://localhost:3002')
    .meta({ description: 'Where the consensus-orchestrator service listens.' }),
  TRUSTED_PROXIES: z.string().optional().meta({
    description: 'Addresses whose `X-Forwarded-For` is believed, separated by commas; nobody’s when absent.',
    example: '10.0.0.0/8',
  }),
  CORS_ORIGINS: z
    .string()
    .default('*')
    .meta({ description: 'Origins of foreign pages that may call the API, separated by commas; never with cookies.' }),
  REQUESTS_PER_MINUTE_PER_ADDRESS: wholeNumber({ min: 1, max: 10_000_000, initial: 1_200 }).meta({
    description: 'Requests a minute from one address.',
  }),
  REQUESTS_PER_MINUTE_PER_USER: wholeNumber({ min: 1, max: 10_000_000, initial: 1_200 }).meta({
    description: 'Requests a minute of one user.',
  }),
  REGISTRATIONS_PER_HOUR: wholeNumber({ min: 1, max: 10_000_000, initial: 100 }).meta({
    description: 'Registrations an hour from one address.',
  }),
  BODY_LIMIT_BYTES: wholeNumber({ min: 1_024, max: 104_857_600, initial: 65_536 }).meta({
    description: 'Largest request body.',
  }),
  DOOR_BODY_LIMIT_BYTES: wholeNumber({ min: 1_024, max: 104_857_600, initial: 8_388_608 }).meta({
    description: 'Largest request body under `/v1`, where images and long conversations come.',
  }),
  SOCKETS_PER_USER: wholeNumber({ min: 1, max: 10_000, initial: 20 }).meta({
    description:
      'Live sockets, event streams and councils waited for by `/v1` and `/mcp` that one user may hold open at a gateway.',
  }),
  SOCKET_BUFFER_BYTES: wholeNumber({ min: 4_096, max: 104_857_600, initial: 1_048_576 }).meta({
    description: 'Unread bytes at which a slow reader is cut off.',
  }),
  HEARTBEAT_S: wholeNumber({ min: 1, max: 300, initial: 15 }).meta({
    description: 'Seconds between heartbeats on a live socket.',
  }),
})
export type Config = z.output<typeof Config>
