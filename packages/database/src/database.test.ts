import { createServer } from 'node:net'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { openDatabase } from './database.ts'

const url = (port: number): string => `postgres://someone:hunter2@127.0.0.1:${port}/db`

test('rejects when nobody listens, and does not tell the password', async () => {
  const database = openDatabase({ url: url(1), applicationName: 'test' })

  const error: unknown = await database.ping().catch((reason) => reason)

  expect(error).toBeInstanceOf(Error)
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('hunter2')
  await database.close()
})

test('rejects when a server accepts the connection and says nothing', async () => {
  const server = createServer((socket) => socket.resume())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const database = openDatabase({ url: url(port), applicationName: 'test', connectTimeoutMs: 50 })

  await expect(database.ping()).rejects.toThrow('Failed query')
  await expect(database.db.transaction(async () => {})).rejects.toThrow('timeout')

  await database.close()
  await new Promise((resolve) => server.close(resolve))
})

test('may be closed twice', async () => {
  const database = openDatabase({ url: url(1), applicationName: 'test' })

  await Promise.all([database.close(), database.close()])

  await expect(database.close()).resolves.toBeUndefined()
})
