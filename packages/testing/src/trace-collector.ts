import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { readSpans } from './otlp-spans.ts'
import type { ReceivedSpan } from './otlp-spans.ts'

export type TraceCollector = {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  url: string
  spans(): ReceivedSpan[]
  /** Every body that came, as it came but for its compression. */
  bodies(): Buffer[]
  headers(): IncomingMessage['headers'][]
  /** From now on it answers with this status, or takes what comes and never answers. */
  answer(status: number | 'never'): void
  close(): Promise<void>
}

/** Takes traces by OTLP over HTTP with protobuf, as a collector does. */
export async function startTraceCollector(): Promise<TraceCollector> {
  const bodies: Buffer[] = []
  const headers: IncomingMessage['headers'][] = []
  let answer: number | 'never' = 200
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      headers.push(request.headers)
      const body = Buffer.concat(pieces)
      if (answer === 'never') return
      if (answer === 200 && request.method === 'POST' && request.url === '/v1/traces')
        bodies.push(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body)
      response
        .writeHead(request.url === '/v1/traces' ? answer : 404, { 'content-type': 'application/x-protobuf' })
        .end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the collector has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans: () => bodies.flatMap(readSpans),
    bodies: () => bodies,
    headers: () => headers,
    answer(status) {
      answer = status
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
