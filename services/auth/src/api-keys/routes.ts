import { ApiKey, ApiKeyCreated, CreateApiKey, ExchangeApiKey, ExchangedToken } from '@concord/contracts/identity'
import { ApiKeyId } from '@concord/contracts/ids'
import { ListQuery, pageOf } from '@concord/contracts/lists'
import { authenticate, authenticateService, requireOwnSession, userOf } from '@concord/service-kit/authenticate'
import { encodeCursor, readPage } from '@concord/service-kit/cursor'
import { AppError } from '@concord/service-kit/errors'
import { idempotencyKeyOf } from '@concord/service-kit/idempotency'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { RouteDeps } from '../app.ts'
import { createApiKey, toApiKey } from './create-api-key.ts'
import { exchangeApiKey } from './exchange-api-key.ts'

const tags = ['Identity']

export const apiKeyRoutes: FastifyPluginAsyncZod<RouteDeps> = async (server, deps) => {
  server.addHook('onRequest', authenticate(deps.check))

  server.route({
    method: 'GET',
    url: '/auth/api-keys',
    schema: {
      operationId: 'listApiKeys',
      summary: 'The caller’s API keys',
      tags,
      querystring: ListQuery,
      response: { 200: pageOf(ApiKey) },
    },
    handler: async (request) => {
      const { sub } = ownerOf(request)
      const { limit, after } = readPage(request.query, ApiKeyId)
      const rows = await deps.inTransaction((tx) => tx.apiKeys.list(sub, { limit: limit + 1, after }))
      const last = rows.length > limit ? rows[limit - 1] : undefined
      return { data: rows.slice(0, limit).map(toApiKey), next_cursor: last ? encodeCursor(last.id) : null }
    },
  })

  server.route({
    method: 'POST',
    url: '/auth/api-keys',
    schema: {
      operationId: 'createApiKey',
      summary: 'Create an API key; it is shown once',
      tags,
      body: CreateApiKey,
      response: { 201: ApiKeyCreated },
    },
    handler: async (request, reply) => {
      const created = await createOnce(deps, request, request.body)
      return reply.code(201).send(created)
    },
  })

  server.route({
    method: 'DELETE',
    url: '/auth/api-keys/:id',
    schema: {
      operationId: 'revokeApiKey',
      summary: 'Revoke an API key at once',
      tags,
      params: z.object({ id: z.string().max(64) }),
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const { sub } = ownerOf(request)
      const revoked = await deps.inTransaction((tx) => tx.apiKeys.revoke(sub, request.params.id, deps.now()))
      if (!revoked) throw new AppError('not-found', 'no such API key')
      await deps.board.denySession(request.params.id, new Date(deps.now().getTime() + deps.settings.accessTtlS * 1_000))
      return reply.code(204).send(null)
    },
  })
}

export const exchangeRoutes: FastifyPluginAsyncZod<RouteDeps> = async (server, deps) => {
  server.addHook('onRequest', authenticateService(deps.check))
  server.post(
    '/internal/api-keys/exchange',
    { schema: { body: ExchangeApiKey, response: { 200: ExchangedToken }, hide: true } },
    async (request) => exchangeApiKey(deps, request.body.key),
  )
}

/** The answer carries the key: an `Idempotency-Key` seen before is a conflict, and the answer is not kept. */
function createOnce(deps: RouteDeps, request: FastifyRequest, body: CreateApiKey): Promise<ApiKeyCreated> {
  const { sub } = ownerOf(request)
  const key = idempotencyKeyOf(request)
  return deps.inTransaction(async (tx) => {
    if (key === undefined) return createApiKey(deps, tx, sub, body)
    let made: ApiKeyCreated | undefined
    const effect = async () => ({ status: 201, body: (made = await createApiKey(deps, tx, sub, body)) })
    await tx.answerOnce({ scope: `/auth/api-keys|${sub}`, key, body, secret: true }, effect)
    if (!made) throw new AppError('conflict', 'this Idempotency-Key has been used')
    return made
  })
}

/** A key cannot make, see or revoke keys: that takes its owner's own session. */
function ownerOf(request: FastifyRequest) {
  return requireOwnSession(userOf(request))
}
