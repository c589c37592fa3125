import { QueryId } from '@concord/contracts/ids'
import { ListQuery } from '@concord/contracts/lists'
import { QueryDetail, QueryList, QueryResults } from '@concord/contracts/queries'
import { authenticate, requireScope, userOf } from '@concord/service-kit/authenticate'
import { encodeCursor, readPage } from '@concord/service-kit/cursor'
import { AppError } from '@concord/service-kit/errors'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import { z } from 'zod'
import type { RouteDeps } from '../app.ts'
import { cancelQuery, deleteQuery } from '../deliberation/cancel-query.ts'
import { findDetail, findResults } from './find-query.ts'
import { cancelProblems, listProblems, ownProblems } from './problems.ts'
import { toSummary } from './show-query.ts'

const tags = ['Consensus']
/** Whatever is no id of ours names nothing, hence 404 rather than 400. */
const params = z.object({ id: z.string().max(200) })

export const queryRoutes: FastifyPluginAsyncZod<RouteDeps> = async (server, deps) => {
  server.addHook('onRequest', authenticate(deps.check))

  server.get(
    '/queries',
    {
      schema: {
        operationId: 'listQueries',
        summary: 'Own queries, newest first',
        tags,
        querystring: ListQuery,
        response: { 200: QueryList, ...listProblems },
      },
    },
    async (request) => {
      const owner = ownerOf(request, 'queries:read')
      const { limit, after } = readPage(request.query, QueryId)
      const rows = await deps.reader.list(owner, { limit: limit + 1, before: after })
      const last = rows.length > limit ? rows[limit - 1] : undefined
      return { data: rows.slice(0, limit).map(toSummary), next_cursor: last ? encodeCursor(last.id) : null }
    },
  )

  server.get(
    '/queries/:id',
    {
      schema: {
        operationId: 'getQuery',
        summary: 'The whole deliberation, round by round',
        tags,
        params,
        response: { 200: QueryDetail, ...ownProblems },
      },
    },
    async (request) => found(await findDetail(deps, request.params.id, ownerOf(request, 'queries:read'))),
  )

  server.get(
    '/queries/:id/results',
    {
      schema: {
        operationId: 'getResults',
        summary: 'The results, or how far the council is',
        tags,
        params,
        response: { 200: QueryResults, ...ownProblems },
      },
    },
    async (request) => found(await findResults(deps, request.params.id, ownerOf(request, 'queries:read'))),
  )
}

/** What ends a query. */
export const endingRoutes: FastifyPluginAsyncZod<RouteDeps> = async (server, deps) => {
  server.addHook('onRequest', authenticate(deps.check))

  server.delete(
    '/queries/:id',
    {
      schema: {
        operationId: 'deleteQuery',
        summary: 'Erase a query; a running one is cancelled first',
        tags,
        params,
        response: { 204: z.null(), ...ownProblems },
      },
    },
    async (request, reply) => {
      const owner = ownerOf(request, 'queries:write')
      if (!(await deleteQuery(deps, { id: request.params.id, owner }))) throw noSuchQuery()
      return reply.code(204).send(null)
    },
  )

  server.post(
    '/queries/:id/cancel',
    {
      schema: {
        operationId: 'cancelQuery',
        summary: 'Stop the models now',
        tags,
        params,
        body: z.strictObject({}).nullish(),
        response: { 200: QueryResults, ...cancelProblems },
      },
    },
    async (request) => {
      const owner = ownerOf(request, 'queries:write')
      const { id } = request.params
      const outcome = found(await cancelQuery(deps, { id, owner }))
      if (outcome === 'ended') throw new AppError('conflict', 'the query has ended')
      return found(await findResults(deps, id, owner))
    },
  )
}

function ownerOf(request: Parameters<typeof userOf>[0], scope: string): string {
  const principal = userOf(request)
  requireScope(principal, scope)
  return principal.sub
}

function found<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw noSuchQuery()
  return thing
}

function noSuchQuery(): AppError {
  return new AppError('not-found', 'no such query')
}
