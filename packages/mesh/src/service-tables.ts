import { migrations as aiInference } from '@concord/ai-inference/migrations'
import { migrations as auth } from '@concord/auth/migrations'
import { migrations as consensusOrchestrator } from '@concord/consensus-orchestrator/migrations'
import { migrate } from '@concord/database/migrate'
import { busMigrations } from '@concord/messaging/in-process'

// What a command has to know of the services without loading them, which are most of the program.

/** Where each service's migrations lie, for those that have tables. */
export const serviceMigrations = [auth, aiInference, consensusOrchestrator]

export const serviceNames = [...serviceMigrations.map(({ service }) => service), 'gateway']

/** Every service's, and those of the bus as a table. */
export const allMigrations = [busMigrations, ...serviceMigrations]

/** The schemas in which the mesh keeps its state: the bus's, for where it is a table, and each service's. */
export const allSchemas = ['bus', ...serviceMigrations.map(({ schema }) => schema)]

/** Brings every service's schema up to date. */
export async function migrateAll(databaseUrl: string): Promise<void> {
  for (const { service, folder } of serviceMigrations) await migrate({ url: databaseUrl, service, folder })
}
