import { readFileSync } from 'node:fs'
import { parse, type ScalarTag, type CollectionTag, YAMLSeq } from 'yaml'
import { z } from 'zod'

/** `host:container` ports and the like are kept as text; what a test does not look at is not read. */
const Mount = z.union([
  z.string(),
  z.looseObject({ source: z.string(), target: z.string(), volume: z.object({ subpath: z.string() }).optional() }),
])
const Container = z.looseObject({
  image: z.string().optional(),
  build: z.looseObject({ target: z.string() }).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).default({}),
  ports: z.array(z.string()).default([]),
  networks: z.array(z.string()).default([]),
  profiles: z.array(z.string()).default([]),
  volumes: z.array(Mount).default([]),
  depends_on: z.record(z.string(), z.looseObject({})).default({}),
  logging: z.looseObject({ options: z.record(z.string(), z.string()) }).optional(),
  restart: z.string().optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).default([]),
  cap_add: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  healthcheck: z.looseObject({ test: z.array(z.string()).optional() }).optional(),
  deploy: z
    .looseObject({ resources: z.looseObject({ limits: z.record(z.string(), z.unknown()) }).optional() })
    .optional(),
})
export type Container = z.output<typeof Container>
const File = z.looseObject({ services: z.record(z.string(), Container) })

// Compose's own tags: the base file's value is dropped, or replaced, instead of being added to.
const reset: CollectionTag = { tag: '!reset', collection: 'seq', nodeClass: YAMLSeq }
const override: CollectionTag = { tag: '!override', collection: 'seq', nodeClass: YAMLSeq }
const customTags: (ScalarTag | CollectionTag)[] = [reset, override]

/** The containers of one compose file, its anchors and merges resolved, variables left as they are written. */
export function containersOf(file: string): Record<string, Container> {
  const parsed: unknown = parse(readFileSync(file, 'utf8'), { merge: true, customTags })
  return File.parse(parsed).services
}

/** What production runs: the base file's containers with what the production file changes. Ports there replace the base's. */
export function productionContainers(): Record<string, Container> {
  const base = containersOf('docker-compose.yml')
  const over = containersOf('docker-compose.prod.yml')
  const raw = readFileSync('docker-compose.prod.yml', 'utf8')
  const names = new Set([...Object.keys(base), ...Object.keys(over)])
  return Object.fromEntries(
    [...names].map((name) => {
      const [one, other] = [base[name], over[name]]
      if (!one || !other) return [name, Container.parse(one ?? other)]
      const told = new RegExp(`^  ${name}:\\n(?: {4}.*\\n|\\n| {3,}#.*\\n)*? {4}ports: !(?:reset|override)`, 'm').test(
        raw,
      )
      return [
        name,
        Container.parse({
          ...one,
          ...Object.fromEntries(Object.entries(other).filter(([, value]) => !isEmpty(value))),
          environment: { ...one.environment, ...other.environment },
          ports: told ? other.ports : [...one.ports, ...other.ports],
          volumes: [...one.volumes, ...other.volumes],
          depends_on: { ...one.depends_on, ...other.depends_on },
        }),
      ]
    }),
  )
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
}

/** The folder of the secrets' volume that a container sees, and where. */
export function secretsOf({ volumes }: Container): { folder: string; target: string } | undefined {
  for (const mount of volumes) {
    if (typeof mount !== 'string' && mount.source === 'secrets' && mount.volume) {
      return { folder: mount.volume.subpath, target: mount.target }
    }
  }
  return undefined
}

/** `${NAME:-value}` as Compose fills it in without any setting; text without a variable stays as it is. */
export function withDefaults(text: string): string {
  return text.replaceAll(/\$\{[A-Z_0-9]+(?::-([^}]*))?\}/g, (_, initial: string | undefined) => initial ?? '')
}
