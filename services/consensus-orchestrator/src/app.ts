import { createServer } from '@concord/service-kit/server'
import type { Server, ServerOptions } from '@concord/service-kit/server'
import type { TokenCheck } from '@concord/service-kit/token'
import { eventRoutes } from './events/routes.ts'
import { feedbackRoutes } from './learning/routes.ts'
import { panelRoutes } from './panel/routes.ts'
import type { Deps } from './ports.ts'
import { endingRoutes, queryRoutes } from './queries/routes.ts'
import { statsRoutes } from './stats/routes.ts'
import { submissionRoutes } from './submission/routes.ts'

export type RouteDeps = Deps & { check: TokenCheck }
export type AppOptions = RouteDeps & Pick<ServerOptions, 'logger' | 'metrics' | 'traces' | 'isReady'>

export function buildApp({ logger, metrics, traces, isReady, ...deps }: AppOptions): Server {
  const server = createServer({ name: 'consensus-orchestrator', logger, metrics, traces, isReady })
  server.register(submissionRoutes, deps)
  server.register(queryRoutes, deps)
  server.register(endingRoutes, deps)
  server.register(feedbackRoutes, deps)
  server.register(statsRoutes, deps)
  server.register(panelRoutes, deps)
  server.register(eventRoutes, deps)
  return server
}
