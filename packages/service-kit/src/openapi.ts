import swagger from '@fastify/swagger'
import { jsonSchemaTransform, jsonSchemaTransformObject } from '@fastify/type-provider-zod'
import type { Server } from './server.ts'
import { version } from './version.ts'

/**
 * Serves the service's own OpenAPI 3.1 document at `/openapi.json`; the gateway merges them. Call it before routes are registered:
 * it sees those that come after.
 */
export function serveOpenApi(server: Server, service: string): void {
  server.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: service, version } },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  server.get('/openapi.json', { schema: { hide: true } }, async () => server.swagger())
}
