import { z } from 'zod'
import { MeshConfig } from '../settings.ts'

const address = z.url().optional()

/** What `status` reads beside the mesh's own settings: where each service listens. */
export const StatusConfig = MeshConfig.extend({
  GATEWAY_URL: address,
  AUTH_URL: address,
  INFERENCE_URL: address,
  ORCHESTRATOR_URL: address,
})
export type StatusConfig = z.output<typeof StatusConfig>
