import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { CancelledNotificationSchema, InitializeRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { AppError, invalidField } from '@concord/service-kit/errors'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { callerOf } from '../edge/identify.ts'
import type { Caller } from '../edge/identify.ts'
import { mcpServer } from './mcp-server.ts'
import type { McpServerDeps } from './mcp-server.ts'
import type { RunningCalls } from './running-calls.ts'

export type McpDeps = McpServerDeps & {
  mcpCalls: RunningCalls
  publicUrl: string
  corsOrigins: string
}

/**
 * The Model Context Protocol over streamable HTTP, one server a request, so that any replica answers any of them. Answers are streams, on
 * which progress comes first. The session id that `initialize` gives is not looked up anywhere: it only tells one client's request ids
 * from another's, for cancellations.
 */
export const mcpRoutes: FastifyPluginAsyncZod<McpDeps> = async (server, deps) => {
  const refuseForeign = originCheck(deps)

  server.post('/mcp', { schema: { hide: true } }, async (request, reply) => {
    refuseForeign(request)
    const caller = userOf(request)
    const { body } = request
    if (Array.isArray(body)) throw invalidField('#', 'batches of messages are not taken: send one message a request')
    const at = { userId: caller.principal.sub, session: sessionOf(request) }
    const cancelled = CancelledNotificationSchema.safeParse(body).data?.params.requestId
    if (cancelled !== undefined) await deps.mcpCalls.cancel({ ...at, id: cancelled })

    const begin = (id: string | number) => deps.mcpCalls.begin({ ...at, id }, () => void mcp.close())
    const mcp = mcpServer(deps, { id: request.id, caller, log: request.log, begin })
    const transport = new WebStandardStreamableHTTPServerTransport({ keepAliveMs: deps.keepAliveMs })
    transport.onerror = (err) => request.log.debug({ err }, 'an MCP message was not taken')
    await mcp.connect(transport)
    const answer = await transport.handleRequest(toWebRequest(request, deps.publicUrl), { parsedBody: body })
    if (answer.ok && InitializeRequestSchema.safeParse(body).success) void reply.header('mcp-session-id', randomUUID())
    return pass(answer, reply)
  })

  server.route({
    method: ['GET', 'PUT', 'PATCH', 'DELETE'],
    url: '/mcp',
    exposeHeadRoute: false,
    schema: { hide: true },
    handler: async (request) => {
      refuseForeign(request)
      throw new AppError(
        'method-not-allowed',
        'this address takes POST only: it keeps no sessions and pushes nothing',
        {
          headers: { allow: 'POST' },
        },
      )
    },
  })
}

/** A page of another origin may not reach in here with what a browser lends it, nor by a name that was bound anew. */
function originCheck({ publicUrl, corsOrigins }: McpDeps): (request: FastifyRequest) => void {
  const allowed = new Set([new URL(publicUrl).origin, ...corsOrigins.split(',').map((origin) => origin.trim())])
  return function refuseForeign({ headers: { origin } }) {
    if (origin !== undefined && !allowed.has('*') && !allowed.has(origin))
      throw new AppError('forbidden', 'pages of this origin may not call this')
  }
}

function userOf(request: FastifyRequest): Caller {
  const caller = callerOf(request)
  if (!caller) throw new AppError('unauthenticated', 'a Bearer token or an API key is needed')
  if (caller.principal.kind !== 'user') throw new AppError('forbidden', 'this needs a user’s token')
  return caller
}

function sessionOf({ headers }: FastifyRequest): string {
  const session = headers['mcp-session-id'] ?? ''
  if (typeof session !== 'string' || !/^[\x21-\x7e]{0,128}$/.test(session))
    throw invalidField('#/Mcp-Session-Id', 'expected at most 128 visible ASCII characters')
  return session
}

const readHeaders = ['accept', 'content-type', 'mcp-protocol-version']

/** What the SDK reads of a request; the token stays outside. */
function toWebRequest({ headers }: FastifyRequest, publicUrl: string): Request {
  const read = readHeaders.flatMap((name): [string, string][] => {
    const value = headers[name]
    return typeof value === 'string' ? [[name, value]] : []
  })
  return new Request(new URL('/mcp', publicUrl), { method: 'POST', headers: read })
}

async function pass(answer: Response, reply: FastifyReply): Promise<FastifyReply> {
  const type = answer.headers.get('content-type')
  void reply.code(answer.status)
  if (answer.body === null || type === null) return reply.send()
  void reply.type(type).header('cache-control', 'no-store')
  if (!type.startsWith('text/event-stream')) return reply.send(await answer.text())
  return reply.header('x-accel-buffering', 'no').send(Readable.from(atOnce(answer.body)))
}

/** Headers leave with the first bytes, and the first event may take its time: a comment goes before it. */
async function* atOnce(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(': at work\n\n')
  yield* body
}
