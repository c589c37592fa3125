import { fileURLToPath } from 'node:url'
import { sessionRevoked } from '@concord/contracts/events'
import { on } from '@concord/messaging/subscribe'
import type { Platform } from '@concord/service-kit/platform'
import { serviceClient, serviceTokens } from '@concord/service-kit/service-client'
import { tokenCheck } from '@concord/service-kit/token'
import { httpServiceDirectory } from './adapters/http-service-directory.ts'
import { keyValueCounter, keyValueFeed, keyValueSessions, keyValueTickets } from './adapters/key-value-stores.ts'
import { authKeyExchange, orchestratorHistory } from './adapters/mesh-services.ts'
import type { Deps } from './app.ts'
import type { Config } from './config.ts'
import { upstreamsOf } from './edge/upstreams.ts'
import { trackConnections } from './live/connections.ts'

const minuteMs = 60_000

/** The only place where real adapters are chosen. */
export async function createDeps(
  config: Config,
  { bus, keyValue, metrics }: Pick<Platform, 'bus' | 'keyValue' | 'metrics'>,
) {
  const tokens = serviceTokens({
    authUrl: config.AUTH_URL,
    clientId: 'gateway',
    clientSecret: config.SERVICE_CLIENT_SECRET,
  })
  const auth = serviceClient({ baseUrl: config.AUTH_URL, tokens: tokens.token })
  const orchestrator = serviceClient({ baseUrl: config.ORCHESTRATOR_URL, tokens: tokens.token })
  const sessions = await keyValueSessions(keyValue)
  const upstreams = upstreamsOf(config)
  const directory = httpServiceDirectory(upstreams)
  const deps: Deps = {
    check: tokenCheck({
      issuer: config.PUBLIC_URL,
      keyValue,
      keys: new URL('/.well-known/jwks.json', config.AUTH_URL),
    }),
    keys: authKeyExchange(auth),
    counter: keyValueCounter(keyValue),
    rules: {
      perAddress: { limit: config.REQUESTS_PER_MINUTE_PER_ADDRESS, windowMs: minuteMs },
      perUser: { limit: config.REQUESTS_PER_MINUTE_PER_USER, windowMs: minuteMs },
      registrations: { limit: config.REGISTRATIONS_PER_HOUR, windowMs: 60 * minuteMs },
    },
    history: orchestratorHistory(orchestrator),
    feed: keyValueFeed(keyValue),
    tickets: keyValueTickets(keyValue),
    connections: trackConnections({
      perUser: config.SOCKETS_PER_USER,
      heartbeatMs: config.HEARTBEAT_S * 1_000,
      sessions,
      metrics,
    }),
    bufferBytes: config.SOCKET_BUFFER_BYTES,
    upstreams,
    directory,
    publicUrl: config.PUBLIC_URL,
    consoleFolder: fileURLToPath(new URL('../../../packages/console/dist', import.meta.url)),
    corsOrigins: config.CORS_ORIGINS,
    bodyLimit: config.BODY_LIMIT_BYTES,
    version: '1.0.0',
  }
  return {
    ...deps,
    subscriptions: [
      on(sessionRevoked, { handler: 'gateway.session.revoked.v1' }, ({ data }) => sessions.announce(data.sid)),
    ],
    isReady: async () => {
      await Promise.all([keyValue.ping(), bus.ping()])
    },
    async close() {
      await sessions.close()
      await Promise.all([auth.close(), orchestrator.close(), tokens.close(), directory.close()])
    },
  }
}
