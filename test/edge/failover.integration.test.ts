import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Agent } from 'node:https'
import { startEdgeReplica } from '@concord/testing/edge-replica'
import type { EdgeReplica } from '@concord/testing/edge-replica'
import { startEdge } from '@concord/testing/edge-process'
import type { EdgeProcess } from '@concord/testing/edge-process'
import { patiently } from '@concord/testing/patience'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ask } from './client.ts'
import type { Asked } from './client.ts'

let replicas: [EdgeReplica, EdgeReplica]
let edge: EdgeProcess

beforeAll(async () => {
  replicas = await Promise.all([startEdgeReplica(), startEdgeReplica()])
  edge = await startEdge({ EDGE_GATEWAYS: replicas.map(({ address }) => address).join(' ') })
})
afterAll(async () => {
  await edge.close()
  await Promise.all(replicas.map((replica) => replica.kill()))
})

const running: Load[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()))
})

type Load = { counts: Record<string, number>; answered: number; stop(): Promise<void> }

/** Asks over and over, some at a time, and counts what came: statuses, and the codes of connections that broke. */
function load(asked: Asked & { path: string; atOnce: number }): Load {
  const counts: Record<string, number> = {}
  const state = { running: true, answered: 0 }
  const one = async (): Promise<void> => {
    while (state.running) {
      const outcome = await ask(edge, asked.path, asked).then(
        ({ status }) => String(status),
        (error: unknown) => String(error),
      )
      counts[outcome] = (counts[outcome] ?? 0) + 1
      state.answered += 1
    }
  }
  const all = Array.from({ length: asked.atOnce }, one)
  const started = {
    counts,
    get answered() {
      return state.answered
    },
    async stop() {
      state.running = false
      await Promise.all(all)
    },
  }
  running.push(started)
  return started
}

/** Waits until so many more were answered. */
async function more(running: Load, count: number): Promise<void> {
  const enough = running.answered + count
  await expect.poll(() => running.answered, patiently).toBeGreaterThanOrEqual(enough)
}

test.each(['GET', 'DELETE'])('no %s fails while replicas are killed and come again', async (method) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const asking = load({ path: '/api/v1/panel', method, agent, atOnce: 16 })
  for (const index of [0, 1] as const) {
    await more(asking, 200)
    await replicas[index].kill()
    await more(asking, 200)
    replicas[index] = await replicas[index].restart()
  }
  await more(asking, 200)
  await asking.stop()
  agent.destroy()

  expect(asking.counts).toEqual({ '200': asking.answered })
})

test('no request fails while the configuration is loaded afresh', async () => {
  const asking = load({ path: '/api/v1/queries', method: 'POST', body: '{}', atOnce: 8 })
  for (let times = 0; times < 5; times += 1) {
    await more(asking, 100)
    await edge.reload()
  }
  await more(asking, 100)
  await asking.stop()

  expect(asking.counts).toEqual({ '200': asking.answered })
})

const taken = async (): Promise<number> => {
  const each = await Promise.all(replicas.map((replica) => replica.requests()))
  return each.reduce((sum, count) => sum + count, 0)
}

test.each(['POST', 'PATCH'])('a %s that was sent is not sent again', async (method) => {
  const before = await taken()
  const broken = await ask(edge, '/api/v1/breaks', { method, body: '{}' })
  const refused = await ask(edge, '/api/v1/status/503', { method, body: '{}' })

  expect(broken.status).toBe(502)
  expect(JSON.parse(broken.text)).toMatchObject({ status: 502, instance: '/api/v1/breaks' })
  expect(broken.headers).toMatchObject({ 'retry-after': '1', 'content-type': 'application/problem+json' })
  expect(broken.headers).not.toHaveProperty('ratelimit-reset')
  expect(refused).toMatchObject({ status: 503, text: 'the gateway says 503' })
  expect(await taken()).toBe(before + 2)
})

test('a GET is asked of another replica, once', async () => {
  const before = await taken()

  expect((await ask(edge, '/api/v1/breaks')).status).toBe(502)
  expect((await ask(edge, '/api/v1/status/503')).status).toBe(503)
  expect(await taken()).toBe(before + 4)
})

test('one service’s 503, again and again, does not close the way to the others', async () => {
  const refused = await Promise.all(Array.from({ length: 40 }, () => ask(edge, '/api/v1/status/503')))

  expect(refused.map(({ text }) => text)).toEqual(refused.map(() => 'the gateway says 503'))
  expect((await ask(edge, '/api/v1/panel')).status).toBe(200)
})

test('with every replica gone it is a problem, and over when one is back', async () => {
  await Promise.all(replicas.map((replica) => replica.kill()))
  const { status, text } = await ask(edge, '/api/v1/panel')
  replicas[0] = await replicas[0].restart()

  expect({ status, title: JSON.parse(text).title }).toEqual({ status: 502, title: 'Bad Gateway' })
  expect((await ask(edge, '/api/v1/panel')).status).toBe(200)
  replicas[1] = await replicas[1].restart()
})

test('a replica that drops what it accepts is left for another', async () => {
  const silent = createServer((socket) => socket.destroy())
  const address = await new Promise<AddressInfo | string | null>((resolve) =>
    silent.listen(0, '127.0.0.1', () => resolve(silent.address())),
  )
  const port = typeof address === 'object' ? address?.port : undefined
  await edge.reload({ EDGE_GATEWAYS: `127.0.0.1:${port} ${replicas[0].address}` })

  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(edge, '/api/v1/panel')))

  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  silent.close()
})
