import { readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { PlainError } from '../../packages/mesh/src/plain-error.ts'

export type Options = {
  environment: Record<string, string>
  dataFolder: string
  host: string
  port: number
  /** Processes of each service. */
  replicas: ReadonlyMap<string, number>
}

export const serviceNames = readdirSync('services').toSorted()

const needed = ['DATABASE_URL', 'REDIS_URL', 'RABBITMQ_URL']

/** Reads `--replicas name=count,…` and the environment. Throws a PlainError that says what is wrong. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): Options {
  const missing = needed.filter((name) => !env[name])
  if (missing.length > 0) {
    throw new PlainError(
      `Services in processes of their own need ${needed.join(', ')}; missing: ${missing.join(', ')}.`,
    )
  }
  const environment = Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value ? [[name, value]] : [])))
  return {
    environment,
    dataFolder: env['CONCORD_DATA_DIR'] ?? '.concord',
    host: env['HOST'] ?? '127.0.0.1',
    port: Number(env['PORT'] ?? 8080),
    replicas: readReplicas(args),
  }
}

function readReplicas(args: readonly string[]): ReadonlyMap<string, number> {
  const replicas = new Map(serviceNames.map((name) => [name, 1]))
  for (const pair of replicasArgument(args)) {
    const [name = '', count = ''] = pair.split('=')
    if (!serviceNames.includes(name))
      throw new PlainError(`--replicas: there is no service ${name}; there are ${serviceNames.join(', ')}.`)
    if (!/^[1-9]$/.test(count)) throw new PlainError(`--replicas: ${name} needs a number from 1 to 9.`)
    replicas.set(name, Number(count))
  }
  return replicas
}

function replicasArgument(args: readonly string[]): string[] {
  try {
    const { values } = parseArgs({ args: [...args], options: { replicas: { type: 'string' } } })
    return values.replicas?.split(',') ?? []
  } catch {
    throw new PlainError('Usage: npm run start:services -- [--replicas consensus-orchestrator=2,ai-inference=2]')
  }
}
