import { once } from 'node:events'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { endIdleUntilClosed, unusedConnections } from './unused-connections.ts'

async function listening() {
  const server = createServer((_request, response) => void response.end('ok'))
  const unused = unusedConnections(server)
  server.listen({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const address: AddressInfo | string | null = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { server, unused, port }
}

test('a server closes though a client holds a connection that it has not used', async () => {
  const { server, unused, port } = await listening()
  const taken = once(server, 'connection')
  const client = connect({ host: '127.0.0.1', port })
  const gone = once(client, 'close')
  await taken
  const closed = once(server, 'close')
  server.close()
  unused.end()

  await Promise.all([closed, gone])
  expect(client.destroyed).toBe(true)
})

test('a connection on which something was asked is left to its answer', async () => {
  const { server, unused, port } = await listening()
  const client = connect({ host: '127.0.0.1', port })
  const asked = once(server, 'request')
  client.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  await asked
  unused.end()
  const pieces: Buffer[] = []
  for await (const piece of client) pieces.push(piece)
  server.close()

  expect(Buffer.concat(pieces).toString()).toMatch(/^HTTP\/1.1 200/)
})

test('a connection kept alive ends with the answer that was under way when the server closed', async () => {
  const answering = Promise.withResolvers<ServerResponse>()
  const server = createServer({ keepAliveTimeout: 0 }, (_request, response) => answering.resolve(response))
  server.listen({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const address = server.address()
  const client = connect({ host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 })
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  const response = await answering.promise
  const closed = once(server, 'close')
  server.close()
  endIdleUntilClosed(server)
  response.end('ok')

  const pieces: Buffer[] = []
  for await (const piece of client) pieces.push(piece)
  await closed

  expect(Buffer.concat(pieces).toString()).toMatch(/^HTTP\/1.1 200/)
})
