import type { FastifyReply } from 'fastify'
import type { Context } from './context.ts'
import type { Fault } from './faults/fault.ts'
import { answerTimeMs, cutIntoPieces } from './pace.ts'
import { wait } from './wait.ts'
import { namedEvent, plainEvent } from './wire/sse.ts'
import type { Answer, Dialect, Wire } from './wire/wire.ts'

export type Streaming = {
  wire: Wire
  dialect: Dialect
  answer: Answer
  reply: FastifyReply
  faults: readonly Fault[]
  context: Context
  key: string
  signal: AbortSignal
}

/** The first piece comes after a seventh of the time, as a model that reads before it writes. */
const firstPieceShare = 1 / 7
const pieceEveryMs = 40

/** Writes the answer as server-sent events, evenly over its time. Throws when the client goes away. */
export async function streamAnswer(o: Streaming): Promise<'answered' | 'cut' | 'failed'> {
  const { wire, answer, reply, faults, context, signal } = o
  const raw = open(reply)
  const totalMs = answerTimeMs(context.pace, o.key)
  const pieces = cutIntoPieces(
    answer.toolCall?.arguments ?? answer.text,
    totalMs === 0 ? 12 : Math.max(4, Math.round(totalMs / pieceEveryMs)),
  )
  const cutAt = faults.find((fault) => fault.kind === 'cut')?.after_chunks
  const hangAt = faults.find((fault) => fault.kind === 'hang')?.after_chunks
  const garbledAt = faults.find((fault) => fault.kind === 'garbled')?.after_chunks
  const failsAt = faults.find((fault) => fault.kind === 'error_event')?.after_chunks
  const startedAt = performance.now()
  const dueMs = (index: number) => totalMs * (firstPieceShare + (1 - firstPieceShare) * (index / pieces.length))

  let pending = wire.opening(answer)
  for (const [index, piece] of pieces.entries()) {
    const waitMs = startedAt + dueMs(index) - performance.now()
    if (totalMs > 0 || index === cutAt || index === hangAt) {
      raw.write(pending)
      pending = ''
    }
    if (index === cutAt) return cut(reply)
    if (index === hangAt) await wait(Infinity, signal)
    await wait(waitMs, signal)
    const delta = wire.delta(answer, piece, index)
    if (index === garbledAt) pending += `${delta.slice(0, delta.length / 2)}\n\n`
    if (index === failsAt) {
      raw.end(pending + errorEvent(o.dialect))
      return 'failed'
    }
    pending += delta
  }
  if (cutAt !== undefined) {
    raw.write(pending)
    return cut(reply)
  }
  if (totalMs > 0) raw.write(pending)
  await wait(startedAt + totalMs - performance.now(), signal)
  raw.end((totalMs > 0 ? '' : pending) + wire.closing(answer))
  return 'answered'
}

function open(reply: FastifyReply): FastifyReply['raw'] {
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value)
  reply.raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  return reply.raw
}

/** How a provider says in the middle of a stream that it cannot go on. */
function errorEvent(dialect: Dialect): string {
  const message = 'The server had an error while processing.'
  const body = dialect.errorBody({ kind: 'server_error', status: 500, message }, '')
  return 'type' in body && typeof body.type === 'string' ? namedEvent({ ...body, type: body.type }) : plainEvent(body)
}

/** Lets what was written reach the client, then drops the connection in the middle of the body. */
function cut(reply: FastifyReply): 'cut' {
  reply.raw.socket?.destroySoon()
  return 'cut'
}
