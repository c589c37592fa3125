import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Received = { method: string; url: string; headers: IncomingMessage['headers']; body: string }
type Answer = (response: ServerResponse, request: IncomingMessage) => void

const models = {
  object: 'list',
  data: [{ id: 'gpt5', object: 'model', created: 1_767_225_600, owned_by: 'gpt' }],
}

/** Stands in for ai-inference at its HTTP interface: records what reaches it, and answers as a test tells it to. */
export async function startFakeInference() {
  const received: Received[] = []
  let answer: Answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
  const own: Record<string, unknown> = {
    '/v1/models': models,
    '/openapi.json': { openapi: '3.1.0', info: { title: 'ai-inference', version: '1' }, paths: { '/v1/models': {} } },
  }
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    const { method = '', url = '', headers } = request
    received.push({ method, url, headers, body: Buffer.concat(pieces).toString('utf8') })
    if (url in own) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(own[url]))
    else answer(response, request)
  }
  const listener = (request: IncomingMessage, response: ServerResponse): void => void serve(request, response)
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const { port }: AddressInfo = addressOf(server.address())
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    listener,
    answerWith: (next: Answer) => void (answer = next),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen')
  return address
}
