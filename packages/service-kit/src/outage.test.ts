import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { openDatabase } from '@concord/database/database'
import { redisKeyValue } from '@concord/key-value/redis'
import { sql } from '@concord/database/sql'
import { afterEach, expect, test } from 'vitest'
import { buildServer } from '../test/build-server.ts'
import { isOutage } from './outage.ts'

let listening: Server | undefined
afterEach(() => listening?.close())

/** A port where whoever connects meets this. */
async function portOf(meet: (socket: Socket) => void): Promise<number> {
  const open = (listening = createServer((socket) => meet(socket.on('error', () => {}))))
  open.listen(0, '127.0.0.1')
  await once(open, 'listening')
  const address = open.address()
  return typeof address === 'object' && address ? address.port : 0
}

async function closedPort(): Promise<number> {
  const port = await portOf(() => {})
  listening?.close()
  return port
}

/** PostgreSQL's ErrorResponse, as a server sends it that is starting. */
function refusal(code: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C${code}\0Mthe database system is starting up\0\0`)
  const length = Buffer.alloc(4)
  length.writeInt32BE(fields.length + 4)
  return Buffer.concat([Buffer.from('E'), length, fields])
}

async function databaseError(port: number): Promise<unknown> {
  const url = `postgres://nobody@127.0.0.1:${port}/none`
  const database = openDatabase({ url, applicationName: 'test', connectTimeoutMs: 200 })
  try {
    return await database.db.execute(sql`select 1`).catch((error: unknown) => error)
  } finally {
    await database.close()
  }
}

async function keyValueError(port: number): Promise<unknown> {
  const keyValue = redisKeyValue({ url: `redis://127.0.0.1:${port}`, commandTimeoutMs: 200 })
  try {
    return await keyValue.get('key').catch((error: unknown) => error)
  } finally {
    await keyValue.close()
  }
}

const silent = (): void => {}
const cut = (socket: Socket): void => void socket.destroy()
const starting = (socket: Socket): void => void socket.once('data', () => socket.end(refusal('57P03')))

test.each([
  ['a database that is not there', async () => databaseError(await closedPort())],
  ['a database that hangs up', async () => databaseError(await portOf(cut))],
  ['a database that says nothing', async () => databaseError(await portOf(silent))],
  ['a database that is starting', async () => databaseError(await portOf(starting))],
  ['a key-value store that is not there', async () => keyValueError(await closedPort())],
  ['a key-value store that says nothing', async () => keyValueError(await portOf(silent))],
])('%s is a 503 that asks to come again, without a word of it', async (_, failing) => {
  const thrown = await failing()
  const { server, lines } = buildServer()
  server.get('/things', async () => {
    throw thrown
  })
  const answer = await server.inject('/things')

  expect(thrown).toBeInstanceOf(Error)
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1'])
  expect(answer.json()).toMatchObject({ status: 503, type: 'https://concord.dev/problems/unavailable' })
  expect(answer.body).not.toMatch(/127\.0\.0\.1|select|ECONN|nobody/)
  expect(lines.join('')).toContain('Service Unavailable')
})

test('an error of ours is no outage, whatever caused it', () => {
  expect(isOutage(new Error('a bug', { cause: new TypeError('of undefined') }))).toBe(false)
  expect(isOutage(Object.assign(new Error('unique violation'), { code: '23505' }))).toBe(false)
  expect(isOutage('Connection terminated')).toBe(false)
})
