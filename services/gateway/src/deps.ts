import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sessionRevoked } from '@concord/contracts/events'
import { on } from '@concord/messaging/subscribe'
import type { Platform } from '@concord/service-kit/platform'
import { serviceClient, serviceTokens } from '@concord/service-kit/service-client'
import { version } from '@concord/service-kit/version'
import { tokenCheck } from '@concord/service-kit/token'
import { httpServiceDirectory } from './adapters/http-service-directory.ts'
import { inferenceDoor } from './adapters/inference-door.ts'
import {
  keyValueCancels,
  keyValueCounter,
  keyValueFeed,
  keyValueSessions,
  keyValueTickets,
} from './adapters/key-value-stores.ts'
import { authKeyExchange, orchestratorHistory } from './adapters/mesh-services.ts'
import { orchestratorCouncil } from './adapters/orchestrator-council.ts'
import type { Deps } from './app.ts'
import type { Config } from './config.ts'
import { councilClient } from './council/ask-council.ts'
import type { RequestRules } from './edge/request-limits.ts'
import { upstreamsOf } from './edge/upstreams.ts'
import { sharedHistory } from './live/shared-history.ts'
import { trackConnections } from './live/connections.ts'
import type { Connections } from './live/connections.ts'
import { runningCalls } from './mcp/running-calls.ts'
import type { SessionWatch } from './ports.ts'

const minuteMs = 60_000

/** The only place where real adapters are chosen. */
export async function createDeps(
  config: Config,
  { bus, keyValue, metrics, logger, neighbours }: Omit<Platform, 'database' | 'ring' | 'close'>,
) {
  const tokens = tokensOf(config)
  const auth = serviceClient({ baseUrl: config.AUTH_URL, tokens: tokens.token })
  const orchestrator = serviceClient({ baseUrl: config.ORCHESTRATOR_URL, tokens: tokens.token })
  const [sessions, cancels] = await Promise.all([keyValueSessions(keyValue), keyValueCancels(keyValue)])
  const upstreams = upstreamsOf(config)
  const directory = httpServiceDirectory(upstreams)
  const council = orchestratorCouncil({ baseUrl: config.ORCHESTRATOR_URL, orchestrator })
  const live = {
    history: sharedHistory(orchestratorHistory(orchestrator)),
    feed: keyValueFeed(keyValue),
    connections: connectionsOf(config, sessions, metrics),
  }
  const asking = councilClient({ ...live, council, log: logger, wait: (ms) => sleep(ms) })
  const models = inferenceDoor(config.INFERENCE_URL, neighbours?.get(config.INFERENCE_URL))
  const deps: Deps = {
    ...live,
    check: tokenCheck({
      issuer: config.PUBLIC_URL,
      keyValue,
      keys: new URL('/.well-known/jwks.json', config.AUTH_URL),
    }),
    keys: authKeyExchange(auth),
    counter: keyValueCounter(keyValue),
    rules: rulesOf(config),
    askCouncil: asking.ask,
    keepAliveMs: config.HEARTBEAT_S * 1_000,
    models,
    doorBodyLimit: config.DOOR_BODY_LIMIT_BYTES,
    council,
    mcpCalls: runningCalls(cancels),
    tickets: keyValueTickets(keyValue),
    bufferBytes: config.SOCKET_BUFFER_BYTES,
    upstreams,
    directory,
    publicUrl: config.PUBLIC_URL,
    consoleFolder: fileURLToPath(new URL('../../../packages/console/dist', import.meta.url)),
    corsOrigins: config.CORS_ORIGINS,
    bodyLimit: config.BODY_LIMIT_BYTES,
    version,
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
      await Promise.all([sessions.close(), cancels.close()])
      await asking.close()
      const clients = [auth, council, models, orchestrator, tokens, directory]
      await Promise.all(clients.map((client) => client.close()))
    },
  }
}

function tokensOf({ AUTH_URL: authUrl, SERVICE_CLIENT_SECRET: clientSecret }: Config) {
  return serviceTokens({ authUrl, clientId: 'gateway', clientSecret })
}

function rulesOf(config: Config): RequestRules {
  return {
    perAddress: { limit: config.REQUESTS_PER_MINUTE_PER_ADDRESS, windowMs: minuteMs },
    perUser: { limit: config.REQUESTS_PER_MINUTE_PER_USER, windowMs: minuteMs },
    registrations: { limit: config.REGISTRATIONS_PER_HOUR, windowMs: 60 * minuteMs },
  }
}

function connectionsOf(config: Config, sessions: SessionWatch, metrics: Platform['metrics']): Connections {
  return trackConnections({
    perUser: config.SOCKETS_PER_USER,
    heartbeatMs: config.HEARTBEAT_S * 1_000,
    sessions,
    metrics,
  })
}
