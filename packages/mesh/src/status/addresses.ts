import { serviceNames } from '../service-tables.ts'
import type { Runtime } from '../runtime-file.ts'
import type { StatusConfig } from './settings.ts'

/** Addresses of each service, by its name. */
export type Addresses = Record<string, string[]>

type Place = { setting: 'GATEWAY_URL' | 'AUTH_URL' | 'INFERENCE_URL' | 'ORCHESTRATOR_URL'; usual: string }

/** The setting that tells where a service listens, and where it does unless it is told. */
const places: Record<string, Place> = {
  gateway: { setting: 'GATEWAY_URL', usual: 'http://localhost:8080' },
  auth: { setting: 'AUTH_URL', usual: 'http://localhost:3001' },
  'consensus-orchestrator': { setting: 'ORCHESTRATOR_URL', usual: 'http://localhost:3002' },
  'ai-inference': { setting: 'INFERENCE_URL', usual: 'http://localhost:3003' },
}

/**
 * Where the services listen: as the settings say; else as the mesh that runs on the data folder has told; else where separate
 * processes usually do. Undefined when nothing says that a mesh runs at all.
 */
export function serviceAddresses(config: StatusConfig, runtime: Runtime | undefined): Addresses | undefined {
  const set = Object.entries(places).flatMap(([name, { setting }]) => {
    const url = config[setting]
    return url === undefined ? [] : [{ name, url }]
  })
  if (set.length > 0) return complete(set)
  if (runtime && Object.keys(runtime.services).length > 0) return runtime.services
  if (runtime || !config.DATABASE_URL || !config.RABBITMQ_URL) return undefined
  return complete([])
}

/** In containers a service's host bears its name, so that one address tells the others': `http://auth:8080`, `http://auth.concord.svc:8080`. */
function complete(set: readonly { name: string; url: string }[]): Addresses {
  const model = set.find(({ name, url }) => new URL(url).hostname.split('.')[0] === name)
  const addressOf = (name: string): string[] => {
    const known = set.find((one) => one.name === name)?.url ?? (model ? like(model.url, name) : places[name]?.usual)
    return known === undefined ? [] : [known]
  }
  return Object.fromEntries(serviceNames.map((name) => [name, addressOf(name)]))
}

function like(model: string, name: string): string {
  const url = new URL(model)
  url.hostname = [name, ...url.hostname.split('.').slice(1)].join('.')
  return url.origin
}
