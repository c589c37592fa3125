import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import { z } from 'zod'
import type { RouteDeps } from '../app.ts'

const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) }).meta({ id: 'KeySet' })

export const keySetRoutes: FastifyPluginAsyncZod<RouteDeps> = async (server, { publicKeys }) => {
  const schema = {
    operationId: 'keySet',
    security: [],
    summary: 'Keys that verify access tokens',
    tags: ['Identity'],
    response: { 200: KeySet },
  }
  server.get('/.well-known/jwks.json', { schema }, async (_request, reply) => {
    void reply.header('cache-control', 'public, max-age=300')
    return KeySet.parse(publicKeys())
  })
}
