import swaggerUi from '@fastify/swagger-ui'
import { AppError } from '@concord/service-kit/errors'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import { z } from 'zod'
import type { ServiceDirectory } from '../ports.ts'
import { asyncApiDocument } from './asyncapi.ts'
import { mergeDocuments } from './merge-documents.ts'
import { OpenApiDocument } from './openapi-document.ts'

type Options = { directory: ServiceDirectory; publicUrl: string; version: string }

const keptMs = 60_000
const Service = z.object({ name: z.string(), version: z.string(), status: z.enum(['up', 'down']) })
const ServiceList = z.object({ name: z.string(), version: z.string(), services: z.array(Service) })

export const apiReferenceRoutes: FastifyPluginAsyncZod<Options> = async (server, { directory, publicUrl, version }) => {
  let kept: { document: OpenApiDocument; until: number } | undefined
  server.get('/openapi.json', { schema: { hide: true } }, async () => {
    if (kept && Date.now() < kept.until) return kept.document
    const services = await directory.documents().catch((cause: unknown) => {
      throw new AppError('unavailable', 'a service cannot describe itself at the moment', { cause, retryAfterS: 1 })
    })
    const document = mergeDocuments(OpenApiDocument.parse(server.swagger()), services, publicUrl)
    kept = { document, until: Date.now() + keptMs }
    return document
  })

  const asyncApi = asyncApiDocument(publicUrl)
  server.get('/asyncapi.json', { schema: { hide: true } }, async () => asyncApi)

  const index = {
    operationId: 'listServices',
    security: [],
    summary: 'Services and versions',
    tags: ['About'],
    response: { 200: ServiceList },
  }
  server.get('/', { schema: index }, async () => {
    const others = await directory.statuses()
    const services = [{ name: 'gateway', up: true }, ...others].map(({ name, up }) => ({
      name,
      version,
      status: up ? ('up' as const) : ('down' as const),
    }))
    return { name: 'concord', version, services }
  })

  await server.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    uiConfig: { url: '/api/v1/openapi.json', deepLinking: true },
  })
}
