import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startFaultProxy } from './fault-proxy.ts'
import type { FaultProxy } from './fault-proxy.ts'

let echo: Server
let proxy: FaultProxy
let client: Socket
let received: string
beforeEach(async () => {
  echo = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  const address = echo.address()
  proxy = await startFaultProxy({ host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 })
  client = connect({ host: '127.0.0.1', port: proxy.port })
  client.on('error', () => {})
  received = ''
  client.setEncoding('utf8').on('data', (text: string) => (received += text))
  await once(client, 'connect')
})
afterEach(async () => {
  client.destroy()
  await proxy.close()
  echo.close()
})

test('passes bytes on in their order, and later while it delays', async () => {
  proxy.delay(60)
  const sentAt = performance.now()
  for (let n = 0; n < 200; n += 1) client.write(`${n};`)
  const all = Array.from({ length: 200 }, (_, n) => `${n};`).join('')

  await expect.poll(() => received).toBe(all)
  expect(performance.now() - sentAt).toBeGreaterThan(110)
})

test('holds everything back while it partitions, a new connection too, and loses nothing of it', async () => {
  proxy.partition(true)
  client.write('held')
  const other = connect({ host: '127.0.0.1', port: proxy.port })
  other.write('too')
  let answered = ''
  other.setEncoding('utf8').on('data', (text: string) => (answered += text))
  await sleep(100)
  expect([received, answered]).toEqual(['', ''])

  proxy.partition(false)
  await expect.poll(() => [received, answered]).toEqual(['held', 'too'])
  other.destroy()
})

test('ends every connection when it cuts, and takes new ones', async () => {
  const closed = new Promise((resolve) => client.once('close', resolve))
  proxy.cut()
  await closed

  const next = connect({ host: '127.0.0.1', port: proxy.port })
  next.write('again')
  const [text] = await once(next.setEncoding('utf8'), 'data')
  expect(text).toBe('again')
  next.destroy()
})

test('passes the end of one side on to the other', async () => {
  client.end('last words')
  await once(client, 'close')

  expect(received).toBe('last words')
})
