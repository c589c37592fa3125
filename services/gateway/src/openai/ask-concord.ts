import { AppError } from '@concord/service-kit/errors'
import { idempotencyKeyOf } from '@concord/service-kit/idempotency'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AskCouncil } from '../council/ask-council.ts'
import { openEventStream } from '../live/event-stream.ts'
import { doorCaller, requireCouncil } from './caller.ts'
import { answered, chatCompletion } from './concord-answer.ts'
import { readConcordRequest } from './concord-request.ts'
import { concordStream } from './concord-stream.ts'
import { doorError } from './door-error.ts'

export type ConcordDeps = {
  askCouncil: AskCouncil
  /** Unread bytes at which a slow reader is cut off. */
  bufferBytes: number
  /** Milliseconds between signs of life while the council deliberates. */
  keepAliveMs: number
}

/** Answers a chat completion by the whole council. It counts as a query of the plan; a client that leaves cancels it. */
export async function askConcord(
  deps: ConcordDeps,
  body: Record<string, unknown>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const caller = doorCaller(request)
  requireCouncil(caller)
  const { query, form, includeUsage, ...asked } = readConcordRequest(body)
  const idempotencyKey = idempotencyKeyOf(request)
  const open = () => openEventStream(reply, deps.bufferBytes)
  const stream = asked.stream ? concordStream({ open, form, includeUsage }) : undefined
  const signOfLife = setInterval(() => stream?.beat(), deps.keepAliveMs)
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  if (reply.raw.destroyed) gone.abort()
  try {
    const results = await deps.askCouncil({
      caller,
      body: query,
      signal: gone.signal,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      onReplay: () => void reply.header('idempotent-replayed', 'true'),
      ...(stream ? { onEvent: stream.take } : {}),
    })
    const whole = answered(results)
    if (!stream) return await reply.type('application/json; charset=utf-8').send(chatCompletion(whole, form))
    stream.finish(whole)
  } catch (thrown) {
    const error = asDoorError(thrown)
    if (reply.raw.destroyed) reply.hijack()
    else if (!stream?.begun()) throw error
    else {
      request.log.info({ err: error }, 'a stream of the council ended without an answer')
      stream.fail(error)
    }
  } finally {
    clearInterval(signOfLife)
  }
  return reply
}

/** The orchestrator's refusals in OpenAI's words: its fields by their names here, the day's limit as a quota. */
function asDoorError(thrown: unknown): unknown {
  if (!(thrown instanceof AppError)) return thrown
  const { code, headers, message, errors } = thrown
  if (code === 'rate-limited' && 'ratelimit-limit' in headers)
    return doorError(code, message, { type: 'insufficient_quota', code: 'insufficient_quota', headers, cause: thrown })
  const [fault] = errors ?? []
  if (!fault) return thrown
  const path = fault.pointer
    .replace(/^#\/?/, '')
    .replaceAll(/\/(\d+)/g, '[$1]')
    .replaceAll('/', '.')
  const param = path.startsWith('query') ? 'messages' : `concord.${path}`
  return doorError(code, `${param}: ${fault.detail}`, { param, code: 'invalid_value', headers, cause: thrown })
}
