import { createSocket } from 'node:dgram'

export type NameServer = {
  /** As `EDGE_RESOLVER` takes it. */
  address: string
  /** IPv4 addresses that every name has; without any there is no such name. */
  addresses: string[]
  close(): void
}

/** A name server that has one answer for every name (RFC 1035 §4), as a container engine's has for a service's replicas. */
export async function startNameServer(): Promise<NameServer> {
  const socket = createSocket('udp4')
  const server: NameServer = { address: '', addresses: [], close: () => void socket.close() }
  socket.on('message', (query, client) => socket.send(answer(query, server.addresses), client.port, client.address))
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  server.address = `127.0.0.1:${socket.address().port}`
  return server
}

const noSuchName = 0x8183
const found = 0x8180

function answer(query: Buffer, addresses: readonly string[]): Buffer {
  const question = query.subarray(12, query.indexOf(0, 12) + 5)
  const header = Buffer.alloc(12)
  query.copy(header, 0, 0, 2)
  header.writeUInt16BE(addresses.length > 0 ? found : noSuchName, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(addresses.length, 6)
  // A pointer to the name in the question, type A, class IN, one second to live, four bytes.
  const records = addresses.map((address) =>
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split('.').map(Number)]),
  )
  return Buffer.concat([header, question, ...records])
}
