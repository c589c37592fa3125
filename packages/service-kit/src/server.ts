import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { hasZodFastifySchemaValidationErrors, serializerCompiler, validatorCompiler } from '@fastify/type-provider-zod'
import type { ZodTypeProvider } from '@fastify/type-provider-zod'
import Fastify, { LogController } from 'fastify'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Registry } from 'prom-client'
import { drainBody } from './drain-body.ts'
import { AppError, outageAsUnavailable, toProblem } from './errors.ts'
import { parseJsonBody } from './json-body.ts'
import type { Logger } from './logging.ts'
import { measureRequests } from './metrics.ts'
import { refuseConnection } from './refuse-connection.ts'
import { traceRequests } from './trace-requests.ts'
import { currentTrace } from './trace.ts'
import type { Recorder } from './trace.ts'
import { serveOpenApi } from './openapi.ts'
import { endIdleUntilClosed, unusedConnections } from './unused-connections.ts'
import { toValidationError } from './validation.ts'

export type { FastifyPluginAsyncZod } from '@fastify/type-provider-zod'

export type ServerOptions = {
  /** The service's name, as its API document is titled. */
  name: string
  logger: Logger
  metrics: Registry
  /** Takes a span of each request; without one, requests only carry their trace on. */
  traces?: Recorder | undefined
  /** Rejects while a dependency cannot be reached; the reason goes to the log, not to the caller. */
  isReady: () => Promise<void>
  /** Answers where no route does; a 404 problem unless told. */
  onNotFound?: (request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>
  /** Answers with whatever was thrown, and logs it; a problem unless told. */
  sendError?: SendError
  /** Bytes; 64 KiB unless told. */
  bodyLimit?: number
  /** Services answer behind the edge, which keeps `/api/v1` in the address; the edge itself routes it. */
  publicBase?: boolean
  /** Whose `X-Forwarded-For` is believed: nobody's unless told. */
  trustProxy?: boolean | string
  /** Milliseconds in which a request arrives whole, head and body; 30 s unless told. */
  arriveWithinMs?: number
  /** The addresses that take an `Upgrade`; everywhere else it is ignored, as RFC 9110 §7.8 lets a server do. */
  upgradesAt?: RegExp
}

export type SendError = (thrown: FastifyError | Error, request: FastifyRequest, reply: FastifyReply) => FastifyReply

/** A Fastify server with what every service shares: strict input, problem+json, trace and request ids, metrics, health. */
export function createServer({
  name,
  logger,
  metrics,
  traces,
  isReady,
  bodyLimit = 64 * 1024,
  trustProxy = false,
  publicBase = true,
  arriveWithinMs = 30_000,
  upgradesAt,
  onNotFound = sendNotFound,
  sendError = sendProblem,
}: ServerOptions) {
  const followTrace = traceRequests(traces)
  const server = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // A line names its request by the trace; a logger of its own for each request would cost more than the line.
    childLoggerFactory: () => logger,
    genReqId: requestId,
    trustProxy,
    bodyLimit,
    requestTimeout: arriveWithinMs,
    http: connectionRules(arriveWithinMs, upgradesAt),
    clientErrorHandler: refuseConnection,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
    exposeHeadRoutes: true,
    // Behind the edge the public base is part of the address; `originalUrl` keeps it for the problem's `instance`.
    rewriteUrl: (request) => (publicBase ? withoutBase(request.url ?? '/') : (request.url ?? '/')),
    frameworkErrors: unroutable(sendError, followTrace),
  }).withTypeProvider<ZodTypeProvider>()

  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(serializerCompiler)
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => parseJsonBody(body),
  )

  const unused = unusedConnections(server.server)
  server.addHook('preClose', async () => {
    unused.end()
    endIdleUntilClosed(server.server)
  })
  server.addHook('onRequest', async (request, reply) => followTrace(request, reply))
  server.addHook('onRequest', refuseNul)
  server.addHook('onResponse', logRequests(logger))
  server.addHook('onResponse', measureRequests(metrics))

  server.setErrorHandler(async (error: FastifyError, request, reply) => {
    if (reply.getHeader('connection') === 'close') await drainBody(request.raw)
    return sendError(error, request, reply)
  })
  server.setNotFoundHandler(onNotFound)
  serveProbes(server, { isReady, metrics })
  serveOpenApi(server, name)
  return server
}

function serveProbes(server: Server, { isReady, metrics }: Pick<ServerOptions, 'isReady' | 'metrics'>): void {
  server.get('/health', async () => ({ status: 'ok', timestamp: new Date().toISOString(), uptime: process.uptime() }))
  server.get('/ready', async () => {
    await isReady().catch((cause: unknown) => {
      throw new AppError('unavailable', 'a dependency cannot be reached', { cause })
    })
    return { status: 'ok' }
  })
  server.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()))
}

function connectionRules(arriveWithinMs: number, upgradesAt: RegExp | undefined) {
  return {
    // Node never cuts off a body that stops arriving where a head may take longer than a whole request.
    headersTimeout: arriveWithinMs / 2,
    connectionsCheckingInterval: Math.min(5_000, arriveWithinMs),
    shouldUpgradeCallback: ({ headers, url }: IncomingMessage) =>
      headers.upgrade?.toLowerCase() === 'websocket' && upgradesAt?.test(url ?? '') === true,
  }
}

function withoutBase(url: string): string {
  return url.replace(/^\/api\/v1(?=\/)/, '')
}

/** An address that cannot be decoded, or whose parameters are too long, reaches no hook and no route. */
function unroutable(sendError: SendError, followTrace: (request: FastifyRequest, reply: FastifyReply) => void) {
  return function sendUnroutable(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
    followTrace(request, reply)
    void sendError(error, request, reply)
  }
}

/** No id of ours holds a NUL, and no database takes one. */
async function refuseNul(request: FastifyRequest): Promise<void> {
  if (request.url.split('?', 1)[0]?.includes('%00')) throw new AppError('not-found', 'there is nothing at this address')
}

/** The problem of an address where there is nothing. */
export function sendNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(new AppError('not-found', 'there is nothing at this address'), request, reply)
}

export type Server = ReturnType<typeof createServer>

/** Answers with the problem of whatever was thrown, and logs it once. */
export function sendProblem(thrown: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = hasZodFastifySchemaValidationErrors(thrown)
    ? toValidationError(thrown.validation, thrown.validationContext)
    : outageAsUnavailable(thrown)
  const instance = request.originalUrl.split('?', 1)[0] ?? request.originalUrl
  const problem = toProblem(error, { instance, traceId: currentTrace()?.traceId ?? '' })
  request.log[problem.status >= 500 ? 'error' : 'info']({ err: error, status: problem.status }, problem.title)
  if (error instanceof AppError) void reply.headers(error.headers)
  return reply.code(problem.status).type('application/problem+json').serializer(JSON.stringify).send(problem)
}

/** One line a request. Its fields are the server's own, so it goes without the search for secrets, which costs more than the rest. */
function logRequests(logger: Logger) {
  const lines = logger.child({}, { redact: [] })
  return async function logRequest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { method, routeOptions, id, ip } = request
    const ms = Math.round(reply.elapsedTime)
    const probe = routeOptions.url === '/health' || routeOptions.url === '/metrics'
    lines[probe ? 'debug' : 'info'](
      { method, route: routeOptions.url, status: reply.statusCode, ms, request_id: id, ip },
      'request',
    )
  }
}

function requestId(request: { headers: Record<string, string | string[] | undefined> }): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID()
}
