import type { MeshProcess } from '@concord/testing/mesh-process'
import { afterAll, beforeAll, describe } from 'vitest'
import { faults, faultSettings } from './faults.contract.ts'
import { embeddedMesh } from './meshes.ts'

describe('a fault at a time, with nothing beside the mesh', () => {
  let mesh: MeshProcess
  beforeAll(async () => {
    mesh = await embeddedMesh(faultSettings)
  })
  afterAll(() => mesh.close())

  faults(() => mesh)
})
