import { createServer } from '@concord/service-kit/server'
import type { Server, ServerOptions } from '@concord/service-kit/server'
import { modelRoutes } from './models/routes.ts'
import type { ModelRouteDeps } from './models/routes.ts'

export type AppOptions = ModelRouteDeps & ServerOptions

export function buildApp({ name, logger, metrics, isReady, ...deps }: AppOptions): Server {
  const server = createServer({ name, logger, metrics, isReady })
  server.register(modelRoutes, deps)
  return server
}
