import type { IncomingMessage } from 'node:http'

const mostBytes = 64 * 1024 * 1024
const longestMs = 10_000

/**
 * Reads what a client still sends of a body that was refused, and drops it. A connection that is closed on a sender takes
 * the answer with it. Bounded in bytes and time: whoever goes on longer is cut off.
 */
export function drainBody(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    if (request.complete || request.readableEnded || request.destroyed) return resolve()
    let bytes = 0
    const timer = setTimeout(done, longestMs)
    request.on('data', count).once('end', done).once('close', done).resume()

    function count(chunk: Buffer): void {
      bytes += chunk.length
      if (bytes > mostBytes) done()
    }
    function done(): void {
      clearTimeout(timer)
      request.off('data', count).off('end', done).off('close', done)
      resolve()
    }
  })
}
