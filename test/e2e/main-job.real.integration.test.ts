import type { MeshProcess } from '@concord/testing/mesh-process'
import { afterAll, beforeAll, describe } from 'vitest'
import { dailyLimit } from './daily-limit.contract.ts'
import { mainJob, questionsAndRoutes } from './main-job.contract.ts'
import { realMesh } from './meshes.ts'

describe('the mesh on PostgreSQL, Redis and RabbitMQ', () => {
  let mesh: MeshProcess
  beforeAll(async () => {
    mesh = await realMesh()
  })
  afterAll(() => mesh.close())

  mainJob(() => mesh)
  questionsAndRoutes(() => mesh)
  dailyLimit(() => mesh)
})
