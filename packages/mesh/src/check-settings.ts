import { ConfigError, loadConfig } from '@concord/service-kit/config'
import type { z } from 'zod'
import { serviceConfigs } from './services.ts'
import { MeshConfig } from './settings.ts'

/** In production nothing is embedded, generated or guessed. */
const neededInProduction = ['DATABASE_URL', 'REDIS_URL', 'RABBITMQ_URL', 'VAULT_KEYS', 'PUBLIC_URL']

/** What the mesh itself will give the services. */
const placeholders = {
  DATABASE_URL: 'postgres://localhost/embedded',
  VAULT_KEYS: 'generated',
  SERVICE_CLIENT_SECRET: 'generated-by-the-mesh',
  SERVICE_CLIENTS: 'auth=generated-by-the-mesh',
}

/** Reads all settings, the services' own included, before anything is opened. Throws a ConfigError that names every fault at once. */
export function checkSettings(environment: NodeJS.ProcessEnv): MeshConfig {
  const faults = new Set<string>()
  const read = <Schema extends z.ZodType>(schema: Schema, values: NodeJS.ProcessEnv): z.output<Schema> | undefined => {
    try {
      return loadConfig(schema, values)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      for (const fault of error.message.split('; ')) faults.add(fault)
      return undefined
    }
  }
  const config = read(MeshConfig, environment)
  if (environment['NODE_ENV'] === 'production') {
    for (const name of neededInProduction) {
      if (!environment[name] && !environment[`${name}_FILE`]) faults.add(`${name}: needed in production`)
    }
  }
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  for (const schema of serviceConfigs) read(schema, { ...placeholders, ...given })
  if (!config || faults.size > 0) throw new ConfigError([...faults].join('; '))
  return config
}
