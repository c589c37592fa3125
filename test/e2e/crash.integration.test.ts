import { setTimeout as sleep } from 'node:timers/promises'
import { apiClient, memberOf, registerUser, textAt } from '@concord/testing/api-client'
import type { ApiClient } from '@concord/testing/api-client'
import { emulatorControl } from '@concord/testing/emulator-control'
import { startEmulatorsProcess } from '@concord/testing/emulators-process'
import type { EmulatorsProcess } from '@concord/testing/emulators-process'
import { readEventStream } from '@concord/testing/live-reader'
import type { MeshProcess } from '@concord/testing/mesh-process'
import { patienceMs } from '@concord/testing/patience'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askedAgain, askedTwiceInOneLife, readStoredTurns, storedTurnsSql } from './asked-once.ts'
import { completedResults, durableEvents } from './deliberations.ts'
import { embeddedMesh } from './meshes.ts'
import { seeded } from './seeded.ts'

const seed = 20_261_120
const kills = 20
const longestLifeMs = 1_500
const asks = [
  (n: number) => `What is ${n + 13} * 17?`,
  (n: number) => `Should a town of ${n + 1_000} people invest in bicycle lanes?`,
  (n: number) => `What is ${n + 100} + 29?`,
]

let emulators: EmulatorsProcess
let mesh: MeshProcess
beforeAll(async () => {
  emulators = await startEmulatorsProcess()
  // Slow enough that a kill finds every stage at work.
  await emulatorControl(emulators.url).fault({ fault: { kind: 'latency', ms: 30, jitter_ms: 170 } })
  mesh = await embeddedMesh({ ...emulators.settings, EMULATORS: 'false', TURN_DEADLINE_S: '300' })
})
afterAll(async () => {
  await mesh.close()
  await emulators.close()
})

test('a mesh killed at twenty random moments finishes every query it accepted, asks for no stored turn again and tells every event once', async () => {
  const random = seeded(seed)
  const accepted: { api: ApiClient; id: string }[] = []
  const questions = new Map<string, string>()
  const killedAt: number[] = []

  for (let round = 0; round < kills; round += 1) {
    const { api } = await registerUser(apiClient(mesh.url))
    const lifeMs = Math.floor(random() * longestLifeMs)
    const submitting = Promise.allSettled(
      asks.map(async (ask, index) => {
        const query = ask(round * asks.length + index)
        const answer = await api.post('/queries', { query, debate_rounds: 1, deadline_s: 600 })
        const id = textAt(answer.body, 'query_id')
        accepted.push({ api, id })
        questions.set(id, query)
      }),
    )
    await sleep(lifeMs)
    await mesh.kill()
    killedAt.push(Date.now())
    await submitting
    mesh = await mesh.restart()
  }

  expect(accepted.length).toBeGreaterThan(kills)
  for (const { api, id } of accepted) {
    const { metadata } = await completedResults(api, id, 2 * patienceMs)
    expect([id, metadata.models_failed]).toEqual([id, []])
    const events = durableEvents((await readEventStream(api, id)).messages)
    expect(events.at(-1)?.type).toBe('query_completed')
    const answered = events
      .filter(({ type }) => type === 'model_answered')
      .map(({ data }) => ['round', 'model', 'purpose'].map((name) => memberOf(data, name)).join(' '))
    expect(answered).toEqual([...new Set(answered)])
  }

  const turns = readStoredTurns(await mesh.rows(storedTurnsSql))
  const requests = await emulatorControl(emulators.url).requests()
  expect(turns.every(({ state }) => state === 'completed')).toBe(true)
  // Kills have hit calls under way: these are asked again, and only these.
  expect(requests.filter(({ purpose }) => purpose !== 'embedding').length).toBeGreaterThan(turns.length)
  expect(askedAgain(turns, requests, questions)).toEqual([])
  expect(askedTwiceInOneLife(requests, killedAt)).toEqual([])
})
