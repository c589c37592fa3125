import { createServer } from '@concord/service-kit/server'
import type { Server, ServerOptions } from '@concord/service-kit/server'
import { openAiDoor } from './door/door-routes.ts'
import type { DoorDeps } from './door/door-routes.ts'
import { modelRoutes } from './models/routes.ts'
import type { ModelRouteDeps } from './models/routes.ts'

export type AppOptions = ModelRouteDeps &
  DoorDeps &
  Omit<ServerOptions, 'metrics'> & { registry: ServerOptions['metrics'] }

export function buildApp({ name, logger, registry, traces, isReady, ...deps }: AppOptions): Server {
  const server = createServer({ name, logger, metrics: registry, traces, isReady })
  server.register(modelRoutes, deps)
  server.register(openAiDoor, deps)
  return server
}
