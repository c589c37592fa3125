import type { OutgoingHttpHeaders } from 'node:http'
import helmet from '@fastify/helmet'
import type { Server } from '@concord/service-kit/server'

/**
 * For the console and the API alike: nothing inline, nothing foreign. HSTS only where the public address is https. They are the same on
 * every answer, and written out once: making them anew cost a tenth of a request.
 */
export function securityHeaders(server: Server, publicUrl: string): void {
  const https = publicUrl.startsWith('https:')
  server.register(helmet, {
    global: false,
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: true } : false,
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        connectSrc: ["'self'", publicUrl.replace(/^http/, 'ws')],
        imgSrc: ["'self'", 'data:'],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
      },
    },
  })

  let headers: OutgoingHttpHeaders | undefined
  server.addHook('onRequest', async (_request, reply) => {
    if (headers) return void reply.headers(headers)
    reply.helmet()
    headers = reply.raw.getHeaders()
  })
}
