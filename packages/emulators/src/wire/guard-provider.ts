import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { newId } from './new-id.ts'
import { Refusal, toFailure } from './refusal.ts'
import type { Dialect, Failure } from './wire.ts'

/** Gives a provider's app its key check, its request ids and its own error bodies for whatever goes wrong. */
export function guardProvider(
  app: FastifyInstance,
  dialect: Dialect,
  holdsKey: (request: FastifyRequest) => boolean,
  refusal: Failure = { kind: 'unauthorized', status: 401, message: 'Incorrect API key provided.' },
): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header(dialect.requestIdHeader, `req_${newId()}`)
    if (!holdsKey(request)) throw new Refusal(refusal)
  })
  app.setErrorHandler((error, _request, reply) => sendFailure(reply, dialect, toFailure(error)))
  app.setNotFoundHandler((request, reply) =>
    sendFailure(reply, dialect, {
      kind: 'unknown_route',
      status: 404,
      message: `Unknown request URL: ${request.method} ${request.url.split('?')[0] ?? ''}.`,
    }),
  )
}

function sendFailure(reply: FastifyReply, dialect: Dialect, failure: Failure): FastifyReply {
  const requestId = String(reply.getHeader(dialect.requestIdHeader) ?? '')
  if (failure.retryAfterS !== undefined) reply.header('retry-after', String(failure.retryAfterS))
  return reply
    .code(failure.status)
    .type('application/json')
    .send(JSON.stringify(dialect.errorBody(failure, requestId)))
}

export function bearerToken(request: FastifyRequest): string | undefined {
  return /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
}

export function headerText(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : value
}
