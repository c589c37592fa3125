import { aiInference } from '@concord/ai-inference/service'
import { auth } from '@concord/auth/service'
import { consensusOrchestrator } from '@concord/consensus-orchestrator/service'
import { gateway } from '@concord/gateway/service'
import { loadConfig } from '@concord/service-kit/config'
import type { RetentionRule } from '@concord/service-kit/retention'
import { startService } from '@concord/service-kit/service'
import type { RunningService, ServiceModule } from '@concord/service-kit/service'
import type { PlatformConfig } from '@concord/service-kit/settings'
import type { Engines } from './engines.ts'

export const serviceModules = [auth, aiInference, consensusOrchestrator, gateway]
export const serviceConfigs = serviceModules.map((module) => module.Config)

export type Environment = Record<string, string>
type Place = { host: string; port: number }

const inside: Place = { host: '127.0.0.1', port: 0 }

/** What all services keep for a while only, by these settings. */
export function retentionRules(environment: NodeJS.ProcessEnv): RetentionRule[] {
  return serviceModules.flatMap(({ retention }) => retention?.(environment) ?? [])
}

/** `addresses` are those of each service, by its name. */
export type RunningServices = { addresses: Record<string, string[]>; close(): Promise<void> }

/** Starts the services in the order in which they need one another: each learns the addresses of those before it. */
export async function startServices(engines: Engines, environment: Environment, door: Place): Promise<RunningServices> {
  const running: RunningService[] = []
  const addresses: Record<string, string[]> = {}
  const start = async <Config extends PlatformConfig>(
    module: ServiceModule<Config>,
    neighbours: Environment,
    place: Place,
  ) => {
    const service = await startInProcess(module, engines, { ...environment, ...neighbours }, place)
    running.push(service)
    addresses[module.name] = [service.url]
    return service.url
  }
  try {
    const authUrl = await start(auth, {}, inside)
    const inferenceUrl = await start(aiInference, { AUTH_URL: authUrl }, inside)
    const orchestratorUrl = await start(
      consensusOrchestrator,
      { AUTH_URL: authUrl, INFERENCE_URL: inferenceUrl },
      inside,
    )
    await start(gateway, { AUTH_URL: authUrl, INFERENCE_URL: inferenceUrl, ORCHESTRATOR_URL: orchestratorUrl }, door)
  } catch (error) {
    await closeAll(running)
    throw error
  }
  return { addresses, close: () => closeAll(running) }
}

async function startInProcess<Config extends PlatformConfig>(
  module: ServiceModule<Config>,
  engines: Engines,
  environment: Environment,
  place: Place,
): Promise<RunningService> {
  const secret = environment[`SECRET_OF_${module.name}`]
  const config = loadConfig(module.Config, { ...environment, ...(secret ? { SERVICE_CLIENT_SECRET: secret } : {}) })
  const platform = await engines.platformFor(module)
  return startService(module.name, await module.create(config, platform), platform, place)
}

/** The door first, so that nothing new comes in while the rest ends. */
async function closeAll(running: readonly RunningService[]): Promise<void> {
  for (const service of running.toReversed()) await service.close()
}
