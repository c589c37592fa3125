import type { MeshProcess } from '@concord/testing/mesh-process'
import { afterAll, beforeAll, describe } from 'vitest'
import { faults, faultSettings } from './faults.contract.ts'
import { realMesh } from './meshes.ts'

describe('a fault at a time, on PostgreSQL, Redis and RabbitMQ', () => {
  let mesh: MeshProcess
  beforeAll(async () => {
    mesh = await realMesh(faultSettings)
  })
  afterAll(() => mesh.close())

  faults(() => mesh)
})
