import type { Subscription } from '@concord/messaging/bus'
import type { z } from 'zod'
import { startJobs } from './jobs.ts'
import type { Job } from './jobs.ts'
import { patientSubscriptions } from './patient-subscriptions.ts'
import type { Platform } from './platform.ts'
import type { RetentionRule } from './retention.ts'
import type { Server } from './server.ts'
import type { PlatformConfig } from './settings.ts'
import { tracedSubscriptions } from './traced-bus.ts'

/** One service as a value, so that the same code runs alone and in the mesh's one process. */
export type ServiceModule<Config extends PlatformConfig = PlatformConfig> = {
  name: string
  /** Strangers call it, so that it decides for itself which traces are recorded. */
  facesClients?: boolean
  Config: z.ZodType<Config>
  /** Where its SQL migrations lie, and the schema that they make; absent for a service without tables. */
  migrations?: { folder: string; schema: string }
  /** What it keeps for a while only, by the settings of an environment; throws a ConfigError that names a faulty one. */
  retention?: (environment: NodeJS.ProcessEnv) => readonly RetentionRule[]
  create(config: Config, platform: Platform): Promise<ServiceInstance>
}

export type ServiceInstance = {
  server: Server
  subscriptions: readonly Subscription[]
  jobs: readonly Job[]
  /** Ends what the service itself opened (pools, relays); the platform is closed by whoever opened it. */
  close(): Promise<void>
}

export type RunningService = { url: string; close(): Promise<void> }

/** Listens first, then takes messages and runs jobs; `close` goes the other way round, so that nothing accepted is dropped. */
export async function startService(
  name: string,
  instance: ServiceInstance,
  platform: Platform,
  { host, port }: { host: string; port: number },
): Promise<RunningService> {
  const subscriptions = patientSubscriptions(tracedSubscriptions(instance.subscriptions, platform.traces))
  await platform.bus.declare(name, subscriptions)
  const url = await instance.server.listen({ host, port })
  platform.neighbours?.set(url, instance.server.routing)
  const consumer = await platform.bus.consume(name, subscriptions)
  const jobs = startJobs(instance.jobs, platform.logger)
  return {
    url,
    async close() {
      await Promise.all([consumer.close(), jobs.close()])
      await instance.server.close()
      await instance.close()
    },
  }
}
