import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { WebSocketServer } from 'ws'

/** What an echo tells of a request as it reached a replica. */
export type Seen = {
  replica: number
  method: string
  url: string
  headers: Record<string, string>
  rawHeaders: string[]
  /** Base64. */
  body: string
}

/**
 * A stand-in for a gateway, in a process of its own so that it can be killed. It echoes what it was sent; some paths do what a test
 * needs: `/api/v1/breaks` takes the request and drops the connection, `/api/v1/status/503` answers so, event streams stay open and
 * give what is posted to `/control/push`.
 */
const streams = new Set<ServerResponse>()
let requests = 0

const server = createServer({ keepAliveTimeout: 72_000 }, (request, response) => {
  // A client that goes away in the middle of its body is no fault of the stand-in.
  answer(request, response).catch(() => request.destroy())
})
const sockets = new WebSocketServer({ server })
sockets.on('connection', (socket, request) => {
  const tell = (type: string, data?: string): void =>
    socket.send(JSON.stringify({ type, query_id: null, at: new Date().toISOString(), data }))
  tell('open', request.url)
  socket.on('message', (data: Buffer) => tell('echo', data.toString('utf8')))
})
process.once('disconnect', () => process.exit(0))
server.listen(Number(process.env['PORT']), '127.0.0.1', () => process.stdout.write('listens\n'))

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://replica')
  const body = Buffer.concat(await request.toArray())
  if (pathname.startsWith('/control/')) return control(pathname, body, response)
  requests += 1
  if (pathname === '/api/v1/breaks') return void request.socket.destroy()
  const [, status] = /^\/api\/v1\/status\/(\d+)$/.exec(pathname) ?? []
  if (status !== undefined) return void response.writeHead(Number(status)).end(`the gateway says ${status}`)
  if (/\/events$|\/chat\/completions$|^\/mcp$/.test(pathname)) {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).flushHeaders()
    streams.add(response)
    response.once('close', () => streams.delete(response))
    return
  }
  const seen: Seen = {
    replica: process.pid,
    method: request.method ?? '',
    url: request.url ?? '',
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    rawHeaders: request.rawHeaders,
    body: body.toString('base64'),
  }
  response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': seen.headers['x-request-id'] ?? '' })
  response.end(JSON.stringify({ ...seen, padding: 'x'.repeat(2_000) }))
}

function control(pathname: string, body: Buffer, response: ServerResponse): void {
  for (const stream of streams) {
    if (pathname === '/control/push') stream.write(body)
    if (pathname === '/control/end') stream.end()
  }
  response.end(JSON.stringify({ requests, streams: streams.size }))
}
