import type { MeshProcess } from '@concord/testing/mesh-process'
import { afterAll, beforeAll, describe } from 'vitest'
import { dailyLimit } from './daily-limit.contract.ts'
import { mainJob, questionsAndRoutes } from './main-job.contract.ts'
import { embeddedMesh } from './meshes.ts'

describe('the mesh with nothing beside it', () => {
  let mesh: MeshProcess
  beforeAll(async () => {
    mesh = await embeddedMesh()
  })
  afterAll(() => mesh.close())

  mainJob(() => mesh)
  questionsAndRoutes(() => mesh)
  dailyLimit(() => mesh)
})
