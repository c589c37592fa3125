import { rm } from 'node:fs/promises'
import { readLiars, startEmulators } from '@concord/emulators/server'
import type { Logger } from '@concord/service-kit/logging'
import { keysFileOf } from '@concord/service-kit/open-key-ring'
import { choosePort, publicUrl } from './choose-port.ts'
import { openDataFolder } from './data-folder.ts'
import type { DataFolder } from './data-folder.ts'
import { openEngines } from './engines.ts'
import { openLog } from './log-file.ts'
import { PlainError } from './plain-error.ts'
import { migrateAll, serviceNames } from './service-tables.ts'
import { startServices } from './services.ts'
import type { Environment } from './services.ts'
import type { MeshConfig } from './settings.ts'
import { writeRuntime } from './runtime-file.ts'

export type Mesh = { url: string; emulated: boolean; close(): Promise<void> }

type Options = {
  config: MeshConfig
  /** Passed on to the services' own configurations. */
  environment: NodeJS.ProcessEnv
  progress: (step: string) => void
  /** The database's process died: the mesh cannot go on. */
  onCrash: (reason: string) => void
}

/** All services in this process. What was opened is closed again when a later step fails. */
export async function startMesh({ config, environment, progress, onCrash }: Options): Promise<Mesh> {
  const closers: (() => Promise<unknown>)[] = []
  const close = async () => {
    while (closers.length > 0) await closers.pop()?.()
  }
  try {
    const port = await choosePort(config.HOST, config.PORT)
    const folder = await openDataFolder(config.CONCORD_DATA_DIR, serviceNames)
    const logger = openLog(folder, config.LOG_LEVEL)

    progress('Opening the database')
    const engines = await openEngines({
      config,
      folder,
      keysFile: keysFileOf(environment),
      logger,
      onDatabaseExit: () => onCrash('The embedded database has stopped.'),
    })
    closers.push(() => engines.close())
    await migrateAll(engines.databaseUrl)
    const runtime = { pid: process.pid, database_url: engines.databaseUrl }
    await writeRuntime(folder.runtime, { ...runtime, services: {} })
    closers.push(() => rm(folder.runtime, { force: true }))

    progress('Starting the services')
    const emulators = await startEmulatedProviders(config, logger)
    if (emulators) closers.push(() => emulators.close())
    const url = publicUrl(config.HOST, port)
    const services = await startServices(
      engines,
      {
        ...settingsFor(config, folder, environment),
        PUBLIC_URL: config.PUBLIC_URL ?? url,
        DATABASE_URL: engines.databaseUrl,
        ...emulators?.environment,
      },
      { host: config.HOST, port },
    )
    closers.push(() => services.close())
    await writeRuntime(folder.runtime, { ...runtime, services: services.addresses })
    return { url, emulated: emulators !== undefined, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function startEmulatedProviders(config: MeshConfig, logger: Logger) {
  if (!config.EMULATORS || config.NODE_ENV === 'production') return undefined
  const port = config.EMULATOR_PORT === 0 ? 0 : await choosePort('127.0.0.1', config.EMULATOR_PORT, 'EMULATOR_PORT')
  const { urls, close } = await startEmulators({
    port,
    seed: config.EMULATOR_SEED,
    pace: config.EMULATOR_PACE,
    wrong: liarsOf(config),
    logger: logger.child({ service: 'emulators' }),
    ...(config.EMULATOR_RECORDINGS ? { recordings: config.EMULATOR_RECORDINGS } : {}),
  }).catch((error: unknown) => {
    if (config.EMULATOR_RECORDINGS === undefined || !(error instanceof Error)) throw error
    throw new PlainError(`EMULATOR_RECORDINGS: ${config.EMULATOR_RECORDINGS} cannot be played back (${error.message}).`)
  })
  const environment = Object.fromEntries(
    Object.entries(urls).map(([provider, url]) => [`EMULATOR_URL_${provider.toUpperCase()}`, url]),
  )
  return { environment, close }
}

function liarsOf({ EMULATOR_LIARS: liars }: MeshConfig) {
  try {
    return readLiars(liars)
  } catch {
    throw new PlainError(`EMULATOR_LIARS: ${liars} is no list of models and their tactics, such as grok=injection.`)
  }
}

/** The services' secrets and keys from the data folder, unless the environment has its own. */
function settingsFor(config: MeshConfig, { secrets }: DataFolder, environment: NodeJS.ProcessEnv): Environment {
  const given = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
  const pairs = Object.entries(secrets.service_secrets)
  return {
    SERVICE_CLIENTS: pairs.map(([name, secret]) => `${name}=${secret}`).join(','),
    ...Object.fromEntries(pairs.map(([name, secret]) => [`SECRET_OF_${name}`, secret])),
    VAULT_KEYS: config.VAULT_KEYS ?? secrets.vault_keys,
    ...given,
    // That of a service in a process of its own; this process ends within ten seconds.
    STOP_GRACE_S: '10',
  }
}
