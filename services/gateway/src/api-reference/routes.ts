import swaggerUi from '@fastify/swagger-ui'
import { AppError } from '@concord/service-kit/errors'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import { Pool } from 'undici'
import { z } from 'zod'
import type { Upstream } from '../edge/upstreams.ts'
import { asyncApiDocument } from './asyncapi.ts'
import { mergeDocuments } from './merge-documents.ts'
import { OpenApiDocument } from './openapi-document.ts'

type Options = { upstreams: readonly Upstream[]; publicUrl: string; version: string }

const keptMs = 60_000
const ServiceList = z.object({
  name: z.string(),
  version: z.string(),
  services: z.array(z.object({ name: z.string(), version: z.string(), status: z.enum(['up', 'down']) })),
})

export const apiReferenceRoutes: FastifyPluginAsyncZod<Options> = async (server, { upstreams, publicUrl, version }) => {
  const pools = upstreams.map((upstream) => ({
    upstream,
    pool: new Pool(upstream.url, { connections: 2, connectTimeout: 2_000 }),
  }))
  server.addHook('onClose', async () => void (await Promise.all(pools.map(({ pool }) => pool.close()))))

  async function fetchDocument(pool: Pool) {
    const response = await pool.request({ method: 'GET', path: '/openapi.json', signal: AbortSignal.timeout(5_000) })
    return OpenApiDocument.parse(await response.body.json())
  }

  let kept: { document: OpenApiDocument; until: number } | undefined
  server.get('/openapi.json', { schema: { hide: true } }, async () => {
    if (kept && Date.now() < kept.until) return kept.document
    const services = await Promise.all(
      pools.map(async ({ upstream, pool }) => ({ document: await fetchDocument(pool), paths: upstream.paths })),
    ).catch((cause: unknown) => {
      throw new AppError('unavailable', 'a service cannot describe itself at the moment', { cause, retryAfterS: 1 })
    })
    const document = mergeDocuments(OpenApiDocument.parse(server.swagger()), services, publicUrl)
    kept = { document, until: Date.now() + keptMs }
    return document
  })

  const asyncApi = asyncApiDocument(publicUrl)
  server.get('/asyncapi.json', { schema: { hide: true } }, async () => asyncApi)

  const isUp = async (pool: Pool) => {
    try {
      const response = await pool.request({ method: 'GET', path: '/health', signal: AbortSignal.timeout(2_000) })
      await response.body.dump()
      return response.statusCode === 200
    } catch {
      return false
    }
  }
  const index = {
    operationId: 'listServices',
    summary: 'Services and versions',
    tags: ['About'],
    response: { 200: ServiceList },
  }
  server.get('/', { schema: index }, async () => ({
    name: 'concord',
    version,
    services: [
      { name: 'gateway', version, status: 'up' as const },
      ...(await Promise.all(
        pools.map(async ({ upstream, pool }) => ({
          name: upstream.name,
          version,
          status: (await isUp(pool)) ? ('up' as const) : ('down' as const),
        })),
      )),
    ],
  }))

  await server.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    uiConfig: { url: '/api/v1/openapi.json', deepLinking: true },
  })
}
