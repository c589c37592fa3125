import replyFrom from '@fastify/reply-from'
import { submitBodyBytes } from '@concord/contracts/queries'
import { AppError } from '@concord/service-kit/errors'
import { sendNotFound } from '@concord/service-kit/server'
import { currentTraceparent } from '@concord/service-kit/trace'
import { beginCall } from '@concord/service-kit/traced-call'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { IncomingHttpHeaders } from 'node:http'
import { callerOf } from './identify.ts'
import type { Upstream } from './upstreams.ts'

type ProxyOptions = { upstreams: readonly Upstream[]; bodyLimit: number }

/**
 * Passes the public routes on to their services. A body is read whole first: it is small by the limit, and a client that is cut
 * off then never leaves a half-sent request at a service.
 */
export async function proxyRoutes(server: FastifyInstance, { upstreams, bodyLimit }: ProxyOptions): Promise<void> {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit },
    async (_request: FastifyRequest, body: Buffer) => body,
  )
  await server.register(replyFrom, {
    undici: {
      connections: 128,
      pipelining: 1,
      headersTimeout: 30_000,
      bodyTimeout: 30_000,
      connect: { timeout: 2_000 },
    },
    disableRequestLogging: true,
    retryMethods: ['GET', 'HEAD'],
    maxRetriesOn503: 0,
  })
  for (const { url, paths } of upstreams) {
    for (const path of paths) server.route({ ...passingOn(path, url), bodyLimit: limitOf(path, bodyLimit) })
  }
}

/** Questions are longer than other bodies, in whatever way they are written. */
function limitOf(path: string, bodyLimit: number): number {
  return /\/queries(?:\/submit)?$/.test(path) ? Math.max(bodyLimit, submitBodyBytes) : bodyLimit
}

/** An address in the absolute form (RFC 9112 §3.2.2) is for proxies of the open kind. */
const elsewhere = /^[^/]/

/** Dots, slashes and backslashes in disguise: no address of ours has them, and a service must not be asked to resolve them. */
const climbs = /\.\.|%2e|%2f|%5c|\\/i

function passingOn(path: string, base: string): RouteOptions {
  return {
    method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: path,
    exposeHeadRoute: true,
    handler: async (request, reply) => {
      if (elsewhere.test(request.url) || climbs.test(request.url.split('?', 1)[0] ?? ''))
        return sendNotFound(request, reply)
      const body = Buffer.isBuffer(request.body) && request.body.length > 0 ? request.body : undefined
      const contentType = request.headers['content-type'] ?? 'application/octet-stream'
      const call = beginCall({ method: request.method, baseUrl: base })
      await reply.from(`${base}${request.url}`, {
        ...(body ? { body, contentType } : {}),
        rewriteRequestHeaders: (_original, headers) => requestHeaders(request, headers, call.traceparent),
        rewriteHeaders: (headers) => withoutOwn(headers, reply),
        onResponse: (_request, _reply, answer) => {
          call.answered(answer.statusCode)
          call.end()
          reply.send(answer.stream)
        },
        onError: (_reply, { error }) => {
          const upstreamError = toUpstreamError(error)
          call.end(upstreamError.code)
          reply.send(upstreamError)
        },
      })
      return reply
    },
  }
}

/**
 * What the client may not say itself, the gateway says: its address, the verified token, the ids of this request. `Expect` is
 * answered here already, where the body was read.
 */
function requestHeaders(
  request: FastifyRequest,
  headers: IncomingHttpHeaders,
  traceparent = currentTraceparent(),
): IncomingHttpHeaders {
  const { forwarded: _forwarded, 'x-real-ip': _realIp, expect: _expect, authorization, ...kept } = headers
  const token = callerOf(request)?.token
  const basic = authorization && /^Basic /i.test(authorization) ? { authorization } : {}
  return {
    ...kept,
    ...basic,
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(traceparent ? { traceparent } : {}),
    'x-forwarded-for': request.ip,
    'x-request-id': request.id,
  }
}

/** The edge's own security headers stand; hop-by-hop framing is set anew. A service's limit is the narrower one, and is told. */
function withoutOwn(headers: IncomingHttpHeaders, reply: FastifyReply): IncomingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) =>
        (!reply.hasHeader(name) || name.startsWith('ratelimit-')) && name !== 'keep-alive' && name !== 'connection',
    ),
  )
}

function toUpstreamError(error: Error): AppError {
  const late = /timeout/i.test(error.message) || ('code' in error && /TIMEOUT/.test(String(error.code)))
  if (late) return new AppError('upstream-timeout', 'the service took too long', { cause: error })
  return new AppError('unavailable', 'the service cannot be reached at the moment', { cause: error, retryAfterS: 1 })
}
