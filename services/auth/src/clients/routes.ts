import { ClientCredentials, ServiceToken } from '@concord/contracts/identity'
import { invalidField } from '@concord/service-kit/errors'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import type { FastifyRequest } from 'fastify'
import type { RouteDeps } from '../app.ts'
import { issueServiceToken } from './service-token.ts'

export const clientRoutes: FastifyPluginAsyncZod<RouteDeps> = async (server, deps) => {
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 4_096 },
    async (_request: FastifyRequest, body: string) => Object.fromEntries(new URLSearchParams(body)),
  )

  const schema = {
    operationId: 'token',
    security: [],
    summary: 'Client credentials of the mesh’s own services',
    tags: ['Identity'],
    body: ClientCredentials,
    response: { 200: ServiceToken },
  }
  server.post('/auth/token', { schema }, async (request) => {
    const { client_id: id, client_secret: secret } = request.body
    const basic = basicCredentials(request)
    const clientId = basic?.clientId ?? id
    const clientSecret = basic?.clientSecret ?? secret
    if (clientId === undefined) throw invalidField('#/client_id', 'expected here or in a Basic authorization')
    if (clientSecret === undefined) throw invalidField('#/client_secret', 'expected here or in a Basic authorization')
    return issueServiceToken(deps, { clientId, clientSecret })
  })
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
function basicCredentials(request: FastifyRequest): { clientId: string; clientSecret: string } | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(request.headers.authorization ?? '') ?? []
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString('utf8')) ?? []
  if (id === undefined || secret === undefined) return undefined
  const decode = (part: string) => new URLSearchParams(`part=${part}`).get('part') ?? ''
  return { clientId: decode(id), clientSecret: decode(secret) }
}
