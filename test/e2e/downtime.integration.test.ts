import { setTimeout as sleep } from 'node:timers/promises'
import { apiClient, registerUser, textAt } from '@concord/testing/api-client'
import { emulatorControl } from '@concord/testing/emulator-control'
import { startEmulatorsProcess } from '@concord/testing/emulators-process'
import type { EmulatorsProcess } from '@concord/testing/emulators-process'
import type { MeshProcess } from '@concord/testing/mesh-process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { completedResults } from './deliberations.ts'
import { embeddedMesh } from './meshes.ts'

const stageS = 10

let emulators: EmulatorsProcess
let mesh: MeshProcess
beforeAll(async () => {
  emulators = await startEmulatorsProcess()
  // Slow enough that the kill finds every turn at work.
  await emulatorControl(emulators.url).fault({ fault: { kind: 'latency', ms: 1_500 } })
  mesh = await embeddedMesh({ ...emulators.settings, EMULATORS: 'false', TURN_DEADLINE_S: String(stageS) })
})
afterAll(async () => {
  await mesh.close()
  await emulators.close()
})

test('a mesh that was down for longer than a stage may take loses no model of the queries it had accepted', async () => {
  const { api } = await registerUser(apiClient(mesh.url))
  const ids = await Promise.all(
    ['What is 17 * 23?', 'Should a town invest in bicycle lanes?', 'What is the capital of Australia?'].map(
      async (query) => textAt((await api.post('/queries', { query, deadline_s: 120 })).body, 'query_id'),
    ),
  )
  await sleep(700)
  await mesh.kill()
  await sleep((stageS + 2) * 1_000)
  mesh = await mesh.restart()

  for (const id of ids) {
    const { metadata } = await completedResults(api, id)
    expect(metadata).toMatchObject({ degraded: false, models_failed: [] })
  }
})
