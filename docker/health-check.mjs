import { get } from 'node:http'

/**
 * A container's health check without curl: ends with 0 when the service is alive and reaches what it stands on. Not by `fetch`,
 * which takes longer to load than to ask.
 *   node health-check.mjs [PATH]
 */
const request = get({
  host: '127.0.0.1',
  port: process.env.PORT ?? 8080,
  path: process.argv[2] ?? '/ready',
  timeout: 8_000,
})
request.once('response', ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1))
request.once('timeout', () => process.exit(1))
request.once('error', () => process.exit(1))
