import { z } from 'zod'
import { traceSettings } from './trace-settings.ts'

/** A switch in the environment: `true`, `1`, `false` or `0`. */
export function flag(initial: boolean) {
  return z
    .enum(['true', 'false', '1', '0'])
    .default(initial ? 'true' : 'false')
    .transform((text) => text === 'true' || text === '1')
}

/** A whole number in the environment. */
export function wholeNumber({ min, max, initial }: { min: number; max: number; initial: number }) {
  const error = `expected a whole number from ${min} to ${max}`
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error }).default(initial)
}

/** What every service reads from its environment; a service spreads these into its own `Config`. */
export const platformSettings = {
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .default('development')
    .meta({ description: 'In `production` nothing is emulated and missing settings stop the start.' }),
  HOST: z.string().default('127.0.0.1').meta({ description: 'Address to listen on.' }),
  PORT: wholeNumber({ min: 0, max: 65_535, initial: 8080 }).meta({
    description: 'Port to listen on; 0 takes a free one.',
  }),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .meta({ description: 'Least severe level that is logged.' }),
  PUBLIC_URL: z
    .url()
    .default('http://localhost:8080')
    .meta({ description: 'Where clients reach the mesh; public addresses and the tokens’ issuer are built from it.' }),
  DATABASE_URL: z.url().meta({
    description: 'PostgreSQL. Absent, `npm start` brings an embedded one.',
    example: 'postgres://concord:…@localhost:5432/concord',
  }),
  DATABASE_POOL_MAX: wholeNumber({ min: 1, max: 200, initial: 10 }).meta({
    description: 'Connections to the database per service process.',
  }),
  REDIS_URL: z.url().optional().meta({
    description: 'Redis. Absent, counters, denylist and live events stay in the process.',
    example: 'redis://localhost:6379',
  }),
  RABBITMQ_URL: z.url().optional().meta({
    description: 'RabbitMQ. Absent, messages travel through a table of the database.',
    example: 'amqp://concord:…@localhost:5672',
  }),
  VAULT_KEYS: z.string().meta({
    description: 'Key ring of the field encryption, newest first: `id:base64 of 32 bytes`, separated by commas.',
    example: 'k1:…',
  }),
  SERVICE_CLIENT_SECRET: z
    .string()
    .min(16)
    .meta({ description: 'The service’s secret for its own tokens (client credentials at auth).' }),
  STOP_GRACE_S: wholeNumber({ min: 10, max: 600, initial: 10 }).meta({
    description:
      'Seconds that a service in a process of its own gives what it has accepted, streams among it, when it is told to stop.',
  }),
  AUTH_URL: z.url().default('http://localhost:3001').meta({ description: 'Where the auth service listens.' }),
  ...traceSettings,
}

/** A service without tables leaves out the database and the key ring. */
export const PlatformConfig = z
  .object(platformSettings)
  .partial({ DATABASE_URL: true, VAULT_KEYS: true, DATABASE_POOL_MAX: true })
export type PlatformConfig = z.output<typeof PlatformConfig>
