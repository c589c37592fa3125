import { version } from '@concord/service-kit/version'
import type { OpenApiDocument } from './openapi-document.ts'

const publicBase = '/api/v1'
const atTheRoot = /^\/(?:api\/v1|v1|\.well-known)(?:\/|$)/

/** One OpenAPI 3.1 document of the gateway's own and all services' documents. Only paths that the edge passes on are kept. */
export function mergeDocuments(
  own: OpenApiDocument,
  services: readonly { document: OpenApiDocument; paths: readonly string[] }[],
  publicUrl: string,
): OpenApiDocument {
  const paths = { ...prefixed(own.paths) }
  const schemas = { ...own.components?.schemas }
  for (const { document, paths: passed } of services) {
    const known = new Set(passed.map(toTemplate))
    for (const [path, item] of Object.entries(prefixed(document.paths))) if (known.has(path)) paths[path] = item
    Object.assign(schemas, document.components?.schemas)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Concord',
      version,
      description:
        'Asks several AI models one question, has them deliberate, and returns one answer that can be audited.',
    },
    servers: [{ url: publicUrl }],
    security: [{ bearer: [] }],
    paths: Object.fromEntries(Object.entries(paths).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      schemas,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An access token or an API key (ck_…).' },
      },
    },
  }
}

function prefixed(paths: OpenApiDocument['paths'] = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(paths).map(([path, item]) => [atTheRoot.test(path) ? path : `${publicBase}${path}`, item]),
  )
}

function toTemplate(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}')
}
