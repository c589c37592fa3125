import { apiClient, memberOf, registerUser, testPassword, textAt } from '@concord/testing/api-client'
import { Pool } from 'undici'
import { WebSocket } from 'ws'
import type { BenchMesh } from './meshes.ts'

/** A user without a daily limit, with one live socket for all their queries. */
export type Asker = {
  token: string
  /** Gives the query's id; throws on anything but 202. */
  submit(question: string, settings?: object): Promise<string>
  /** Resolves at the query's last event with that event's type. Call it right after `submit`. */
  ended(queryId: string): Promise<string>
  get(path: string): Promise<unknown>
  /** A new token, since one lives ten minutes, and a new socket. */
  renew(): Promise<void>
  close(): Promise<void>
}

/** Makes `count` users who may ask without limit. */
export async function makeAskers(mesh: BenchMesh, count: number): Promise<Asker[]> {
  const api = apiClient(mesh.url)
  const email = 'bench@example.org'
  const made: unknown = JSON.parse(await mesh.command('admin', 'create', '--email', email, '--json'))
  const signedIn = await api.post('/auth/login', { email, password: textAt(made, 'password') })
  const admin = api.as(textAt(signedIn.body, 'access_token'))
  const askers: Asker[] = []
  for (let index = 0; index < count; index++) {
    const user = await registerUser(api)
    const granted = await admin.post(`/admin/users/${user.id}/plan`, { plan: 'guardian' })
    if (granted.status !== 200) throw new Error(`the plan could not be set: ${granted.text}`)
    askers.push(await openAsker(mesh, user))
  }
  return askers
}

async function openAsker(mesh: BenchMesh, user: { email: string; token: string }): Promise<Asker> {
  const pool = new Pool(mesh.url, { connections: 64, pipelining: 1 })
  let token = user.token
  let line = await openLine(mesh.url, token)

  async function call(method: 'GET' | 'POST', path: string, body?: object): Promise<{ status: number; body: unknown }> {
    const response = await pool.request({
      method,
      path: `/api/v1${path}`,
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { status: response.statusCode, body: await response.body.json() }
  }

  return {
    get token() {
      return token
    },
    async submit(query, settings = {}) {
      const { status, body } = await call('POST', '/queries/submit', { query, ...settings })
      if (status !== 202) throw new Error(`submitting answered ${status}: ${JSON.stringify(body)}`)
      return textAt(body, 'query_id')
    },
    ended: (queryId) => line.ended(queryId),
    get: async (path) => (await call('GET', path)).body,
    async renew() {
      const answer = await call('POST', '/auth/login', { email: user.email, password: testPassword })
      token = textAt(answer.body, 'access_token')
      line.close()
      line = await openLine(mesh.url, token)
    },
    async close() {
      line.close()
      await pool.close()
    },
  }
}

/** One socket on which queries are followed to their end. */
async function openLine(url: string, token: string) {
  const waiting = new Map<string, PromiseWithResolvers<string>>()
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/ws`, {
    headers: { authorization: `Bearer ${token}` },
  })
  socket.on('message', (data: Buffer) => {
    const text = data.toString('utf8')
    if (!/"query_(completed|failed|cancelled)"|"type":"error"/.test(text)) return
    const event: unknown = JSON.parse(text)
    const queryId = String(memberOf(event, 'query_id'))
    waiting.get(queryId)?.resolve(textAt(event, 'type'))
    waiting.delete(queryId)
  })
  socket.on('close', () => waiting.forEach(({ reject }) => reject(new Error('the live socket has closed'))))
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return {
    ended(queryId: string): Promise<string> {
      const end = Promise.withResolvers<string>()
      waiting.set(queryId, end)
      socket.send(JSON.stringify({ type: 'subscribe_query', query_id: queryId }))
      return end.promise
    },
    close: () => socket.close(),
  }
}

/** Questions that the emulated models take different ways with, closed and open, agreed and contested; each but once. */
export function questionAt(index: number): string {
  const kinds = [
    `What is ${17 + index} * ${23 + (index % 59)}?`,
    `Is ${101 + index} a prime number? Answer yes or no.`,
    `Should a city of ${10 + index} thousand people build a tramway?`,
    `How many metres are ${2 + index} miles?`,
    `What speaks for and against a four-day week in a firm of ${20 + index}?`,
  ]
  return kinds[index % kinds.length] ?? ''
}
