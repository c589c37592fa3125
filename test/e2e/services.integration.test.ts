import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { apiClient, memberOf, registerUser, textAt } from '@concord/testing/api-client'
import type { ApiClient } from '@concord/testing/api-client'
import { emulatorControl } from '@concord/testing/emulator-control'
import { readEventStream } from '@concord/testing/live-reader'
import { managementRequest } from '@concord/testing/probe'
import { queryRows } from '@concord/testing/query-rows'
import { patienceMs } from '@concord/testing/patience'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { z } from 'zod'
import * as page from './api-page.ts'
import { askedAgain, readStoredTurns, storedTurnsSql } from './asked-once.ts'
import { durableEvents } from './deliberations.ts'
import { startFleet } from './fleet.ts'
import type { Fleet } from './fleet.ts'

const queries = 500
const atOnce = 20

let fleet: Fleet
let api: ApiClient
beforeAll(async () => {
  fleet = await startFleet()
  const anyone = apiClient(fleet.url)
  const user = await registerUser(anyone)
  const made: unknown = JSON.parse(await fleet.command('admin', 'create', '--email', 'root@example.org', '--json'))
  const admin = await anyone.post('/auth/login', { email: 'root@example.org', password: textAt(made, 'password') })
  const changed = await anyone
    .as(textAt(admin.body, 'access_token'))
    .post(`/admin/users/${user.id}/plan`, { plan: 'guardian' })
  if (changed.status !== 200) throw new Error(`the plan was not changed: ${changed.status} ${changed.text}`)
  api = user.api
})
afterAll(() => fleet.close())

/** One of each with a kill -9, and every connection to the broker, while queries come in. */
const blows: { after: number; strike: () => Promise<void> }[] = [
  { after: 100, strike: () => killOne('ai-inference') },
  { after: 200, strike: cutConnections },
  { after: 300, strike: () => killOne('consensus-orchestrator') },
  { after: 400, strike: cutConnections },
]

test('five hundred queries through replicas that die and a broker that hangs up: none lost, none doubled', async () => {
  const questions = new Map<string, string>()
  let submitted = 0
  const next = Array.from({ length: queries }, (_, n) => n).values()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const n of next) {
        const query = `What is ${n + 1_000} + 7?`
        questions.set(await submitPatiently({ query, ...(n % 10 === 0 ? {} : { models: ['gpt5', 'claude'] }) }), query)
        submitted += 1
        for (const { strike } of blows.filter(({ after }) => after === submitted)) await strike()
      }
    }),
  )

  expect(questions.size).toBe(queries)
  const stored = await untilAllEnded([...questions.keys()])
  expect(stored.map(({ query_id: id }) => id).toSorted()).toEqual([...questions.keys()].toSorted())
  expect(stored.filter(({ status }) => status !== 'completed')).toEqual([])
  expect(stored.filter(({ degraded }) => degraded)).toEqual([])
  expect(fleet.ended()).toHaveLength(2)

  await Promise.all(
    Array.from({ length: atOnce }, async (_, worker) => {
      for (const [index, { query_id: id }] of stored.entries()) {
        if (index % atOnce !== worker) continue
        const events = durableEvents((await readEventStream(api, id)).messages)
        expect(events.at(-1)?.type).toBe('query_completed')
      }
    }),
  )
  const turns = readStoredTurns(await queryRows(fleet.databaseUrl, storedTurnsSql))
  expect(new Set(turns.map(({ query_id: id }) => id)).size).toBe(queries)
  expect(askedAgain(turns, await emulatorControl(fleet.emulators).requests(), questions)).toEqual([])
})

/** As a client should: the same key again until there is an answer, so that a lost one costs no second query. */
async function submitPatiently(body: object): Promise<string> {
  const key = { 'idempotency-key': randomUUID() }
  const giveUpAt = Date.now() + patienceMs
  for (;;) {
    const answer = await api.post('/queries', body, key).catch(() => undefined)
    if (answer?.status === 202) return textAt(answer.body, 'query_id')
    if (Date.now() > giveUpAt || (answer && answer.status !== 409 && answer.status < 500))
      throw new Error(`submitting answered ${answer?.status}: ${answer?.text}`)
    await sleep(200)
  }
}

async function untilAllEnded(ids: readonly string[]): Promise<z.output<typeof page.page>['data']> {
  const giveUpAt = Date.now() + 2 * patienceMs
  for (;;) {
    const stored = await listAll()
    if (stored.every(({ status }) => status !== 'processing')) return stored
    if (Date.now() > giveUpAt) {
      const running = stored.filter(({ status }) => status === 'processing')
      throw new Error(`${running.length} of ${ids.length} still run: ${JSON.stringify(running.slice(0, 3))}`)
    }
    await sleep(500)
  }
}

async function listAll(): Promise<z.output<typeof page.page>['data']> {
  const all: z.output<typeof page.page>['data'] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await api.get(`/queries?limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`)
    const { data, next_cursor: further } = page.page.parse(body)
    all.push(...data)
    cursor = further
  }
  return all
}

async function killOne(service: string): Promise<void> {
  const [pid] = fleet.replicas(service)
  if (pid === undefined) throw new Error(`no replica of ${service} runs`)
  process.kill(pid, 'SIGKILL')
}

async function cutConnections(): Promise<void> {
  const { rabbitMqManagementUrl } = inject('servers')
  const Connections = z.array(z.looseObject({ name: z.string() }))
  const connections = Connections.parse(
    await (
      await managementRequest(rabbitMqManagementUrl, 'GET', `/api/vhosts/${fleet.virtualHost}/connections`)
    ).json(),
  )
  if (connections.length === 0) throw new Error('the broker tells of no connection')
  for (const { name } of connections) {
    const gone = await managementRequest(
      rabbitMqManagementUrl,
      'DELETE',
      `/api/connections/${encodeURIComponent(name)}`,
    )
      .then(() => true)
      .catch((error: unknown) => /404/.test(String(memberOf(error, 'message'))))
    if (!gone) throw new Error(`the connection ${name} was not cut`)
  }
}
