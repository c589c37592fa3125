import compress from '@fastify/compress'
import cors from '@fastify/cors'
import websocket from '@fastify/websocket'
import { createServer, sendProblem } from '@concord/service-kit/server'
import type { Server, ServerOptions } from '@concord/service-kit/server'
import { apiReferenceRoutes } from './api-reference/routes.ts'
import { consolePages, pageOrNotFound } from './edge/console-pages.ts'
import { guardRequests } from './edge/guard.ts'
import type { GuardDeps } from './edge/guard.ts'
import { hideFromOutside } from './edge/hide-from-outside.ts'
import { proxyRoutes } from './edge/proxy.ts'
import { securityHeaders } from './edge/security-headers.ts'
import type { Upstream } from './edge/upstreams.ts'
import { socketRoutes } from './live/socket-routes.ts'
import type { LiveDeps } from './live/live-deps.ts'
import { streamRoutes } from './live/stream-routes.ts'
import { mcpRoutes } from './mcp/routes.ts'
import type { McpDeps } from './mcp/routes.ts'
import { isDoor, sendDoorError } from './openai/door-error.ts'
import { openAiRoutes } from './openai/routes.ts'
import type { DoorDeps } from './openai/routes.ts'
import type { ServiceDirectory } from './ports.ts'
import { ticketRoutes } from './tickets/routes.ts'

export type Deps = GuardDeps &
  LiveDeps &
  DoorDeps &
  McpDeps & {
    upstreams: readonly Upstream[]
    directory: ServiceDirectory
    consoleFolder: string
    bodyLimit: number
  }
export type AppOptions = Deps & Omit<ServerOptions, 'name' | 'bodyLimit'>

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
const exposedHeaders = [
  'x-request-id',
  'idempotent-replayed',
  'retry-after',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'link',
  'mcp-session-id',
  'www-authenticate',
]

export function buildApp({ logger, metrics, traces, isReady, trustProxy = false, ...deps }: AppOptions): Server {
  const server = createServer({
    name: 'gateway',
    logger,
    metrics,
    traces,
    isReady,
    trustProxy,
    bodyLimit: deps.bodyLimit,
    publicBase: false,
    upgradesAt: /^\/api\/v1\/ws(?=[/?]|$)/,
    onNotFound: pageOrNotFound(deps.consoleFolder),
    sendError: (thrown, request, reply) => (isDoor(request.url) ? sendDoorError : sendProblem)(thrown, request, reply),
  })
  hideFromOutside(server)
  securityHeaders(server, deps.publicUrl)
  const origin = originsOf(deps.corsOrigins)
  server.register(cors, { origin, methods, exposedHeaders, maxAge: 600, strictPreflight: false })
  server.register(compress, { threshold: 1_024, encodings: ['gzip', 'identity'] })
  guardRequests(server, deps)
  consolePages(server, deps.consoleFolder)
  server.register(websocket, { options: { maxPayload: 4_096 } })
  server.register(proxyRoutes, { upstreams: deps.upstreams, bodyLimit: deps.bodyLimit })
  server.register(openAiRoutes, { prefix: '/v1', ...deps })
  server.register(mcpRoutes, deps)
  server.register(ticketRoutes, { prefix: '/api/v1', tickets: deps.tickets })
  server.register(socketRoutes, { prefix: '/api/v1', ...deps })
  server.register(streamRoutes, { prefix: '/api/v1', ...deps })
  server.register(apiReferenceRoutes, { prefix: '/api/v1', ...deps })
  server.addHook('preClose', async () => deps.connections.closeAll())
  return server
}

function originsOf(setting: string): '*' | string[] {
  return setting === '*' ? '*' : setting.split(',').map((origin) => origin.trim())
}
