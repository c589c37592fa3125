import fastifyCookie from '@fastify/cookie'
import { createServer } from '@concord/service-kit/server'
import type { Server, ServerOptions } from '@concord/service-kit/server'
import type { TokenCheck } from '@concord/service-kit/token'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { adminRoutes } from './admin/routes.ts'
import { apiKeyRoutes, exchangeRoutes } from './api-keys/routes.ts'
import type { RefreshCookie } from './adapters/refresh-cookie.ts'
import { clientRoutes } from './clients/routes.ts'
import type { Deps } from './ports.ts'
import { refreshRoutes, sessionRoutes } from './sessions/routes.ts'
import { signInRoutes } from './sessions/sign-in-routes.ts'
import { keySetRoutes } from './tokens/routes.ts'

export type RouteDeps = Deps & { check: TokenCheck; cookie: RefreshCookie; publicKeys: () => { keys: object[] } }
export type AppOptions = RouteDeps & Omit<ServerOptions, 'name'>

export function buildApp({ logger, metrics, traces, isReady, ...deps }: AppOptions): Server {
  const server = createServer({
    name: 'auth',
    logger,
    metrics,
    traces,
    isReady,
    trustProxy: 'loopback, linklocal, uniquelocal',
  })
  server.register(fastifyCookie)
  server.addHook('onSend', keepOutOfCaches)
  server.register(keySetRoutes, deps)
  server.register(signInRoutes, deps)
  server.register(refreshRoutes, deps)
  server.register(sessionRoutes, deps)
  server.register(apiKeyRoutes, deps)
  server.register(exchangeRoutes, deps)
  server.register(clientRoutes, deps)
  server.register(adminRoutes, deps)
  return server
}

/** Most answers carry a token or a person's data (RFC 6749 §5.1); the key set says for itself how long it holds. */
async function keepOutOfCaches(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store')
}
