import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ModelsDoor, ModelsRequest } from '../ports.ts'
import { requestHeaders } from './request-headers.ts'

/** Hop-by-hop (RFC 9110 §7.6.1), or set anew here. */
const dropped = new Set(['connection', 'keep-alive', 'transfer-encoding', 'date', 'x-request-id'])

/**
 * Passes a request on to ai-inference and its answer back as it comes: what is there is written, a client that reads slowly slows the
 * models' side down, one that leaves ends the call at once, and an answer that breaks off breaks the client's connection, so that it can
 * never be taken for whole. Rejects, before anything is sent, where there is no answer.
 */
export async function passOn(
  models: ModelsDoor,
  { path, body }: { path: string; body: Buffer | undefined },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const sent = { path, headers: requestHeaders(request, { body: body !== undefined }), body }
  if (!models.handOver) return relay(models, sent, reply)
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value)
  models.handOver(sent, reply.raw)
}

function relay(models: ModelsDoor, sent: ModelsRequest, reply: FastifyReply): Promise<void> {
  const { raw } = reply
  return new Promise((resolve, reject) => {
    const line = pieceLine(raw, () => call.pause())
    const call = models.call(sent, {
      head(status, headers) {
        reply.hijack()
        writeHead(reply, status, headers)
        line.open()
      },
      piece: line.take,
      end() {
        line.end()
        resolve()
      },
      failed(error) {
        if (!raw.headersSent && !raw.destroyed) return reject(error)
        reply.hijack()
        line.breakOff()
        resolve()
      },
    })
    const leave = (): void => {
      if (!raw.writableFinished) call.abort()
    }
    raw.once('close', leave)
    raw.on('drain', call.resume)
    if (raw.destroyed) leave()
  })
}

/** Writes the pieces of an answer; those that came with one read of the connection are one write. */
function pieceLine(raw: ServerResponse, pause: () => void) {
  let waiting: Buffer[] = []
  let planned = false

  function plan(): void {
    if (planned) return
    planned = true
    process.nextTick(flush)
  }

  function flush(): void {
    planned = false
    if (raw.destroyed || raw.writableEnded) return
    const piece = joined()
    if (piece === undefined) raw.flushHeaders()
    else if (!raw.write(piece)) pause()
  }

  function joined(): Buffer | undefined {
    const piece = waiting.length > 1 ? Buffer.concat(waiting) : waiting[0]
    waiting = []
    return piece
  }

  return {
    /** The head goes out even where the first piece takes its time. */
    open: plan,
    take(piece: Buffer): void {
      waiting.push(piece)
      plan()
    },
    end(): void {
      if (!raw.destroyed) raw.end(joined())
    },
    /** What has come is still told; the missing end is what tells that there was more. */
    breakOff(): void {
      if (raw.destroyed) return
      const piece = joined()
      if (piece === undefined) raw.destroy()
      else raw.write(piece, () => raw.destroy())
    },
  }
}

/** The edge's own headers stand, but for where the caller stands: the narrower limit is the service's, and is told. */
function writeHead(reply: FastifyReply, status: number, theirs: IncomingHttpHeaders): void {
  const headers: Record<string, string | string[] | number> = {}
  for (const [name, value] of Object.entries(theirs))
    if (value !== undefined && !dropped.has(name)) headers[name] = value
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined && !(name in headers && name.startsWith('ratelimit-'))) headers[name] = value
  reply.raw.writeHead(status, headers)
}
