import { pino } from 'pino'
import type { DestinationStream, Logger, LoggerOptions } from 'pino'
import { currentTrace } from './trace.ts'

export type { Logger } from 'pino'

/** Secrets and personal content never reach a log, wherever in a logged object they stand (three levels deep). */
const secretNames = [
  'authorization', 'cookie', 'password', 'access_token', 'refresh_token', 'client_secret', 'token', 'ticket', 'key', 'secret', 'api_key',
  'apiKey', 'connectionString', 'email', 'query', 'question', 'sealed_prompt', 'sealed_output',
] // prettier-ignore
const prefixes = ['', '*.', '*.*.']

const options: LoggerOptions = {
  redact: { paths: secretNames.flatMap((name) => prefixes.map((prefix) => `${prefix}${name}`)), censor: '[redacted]' },
  formatters: { level: (label) => ({ level: label }) },
  timestamp: () => `,"time":"${new Date().toISOString()}"`,
  mixin: () => {
    const trace = currentTrace()
    return trace ? { trace_id: trace.traceId } : {}
  },
}

/** JSON lines on standard output (or `destination`), each with the `trace_id` of its flow. */
export function createLogger(name: string, level: string, destination?: DestinationStream): Logger {
  const settings = { ...options, name, level }
  return destination ? pino(settings, destination) : pino(settings)
}
