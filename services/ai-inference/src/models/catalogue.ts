import { readFileSync } from 'node:fs'
import { ModelName } from '@concord/contracts/queries'
import { ConfigError } from '@concord/service-kit/config'
import { z } from 'zod'

export const Provider = z.enum(['openai', 'anthropic', 'gemini', 'xai'])
export type Provider = z.output<typeof Provider>

const CatalogueEntry = z.strictObject({
  provider: Provider,
  provider_model: z.string().min(1).max(128),
  /** Models of one family make the same mistakes; the orchestrator gives them one weight. */
  family: z.string().min(1).max(64),
  prices: z.strictObject({
    input_usd_per_million_tokens: z.number().nonnegative(),
    output_usd_per_million_tokens: z.number().nonnegative(),
  }),
  limits: z.strictObject({ context_tokens: z.int().positive(), max_output_tokens: z.int().positive() }),
  /** A model that thinks spends output tokens on it, on top of those that the caller allows for the answer. */
  reasoning: z.strictObject({
    effort: z.enum(['low', 'medium', 'high']).nullable(),
    headroom_tokens: z.int().nonnegative(),
  }),
  takes_temperature: z.boolean(),
})
export type CatalogueEntry = z.output<typeof CatalogueEntry>

export type CatalogueModel = CatalogueEntry & { name: string }
export type Catalogue = ReadonlyMap<string, CatalogueModel>

const Overrides = z.record(ModelName, z.record(z.string(), z.unknown()).nullable())

const builtIn = new URL('../../catalogue.json', import.meta.url)

/**
 * The models by name: the built-in file, then the operator's merged over it. There a name may be new and whole, or change some
 * fields of a known one, or be null, which removes it. Throws a ConfigError that names what is wrong.
 */
export function loadCatalogue(overridePath?: string): Catalogue {
  const entries = new Map(Object.entries(parse(Overrides, readJson(builtIn), 'the built-in model catalogue')))
  const overrides = overridePath ? parse(Overrides, readJson(overridePath), 'MODEL_CATALOGUE') : {}
  for (const [name, change] of Object.entries(overrides)) {
    if (change === null) entries.delete(name)
    else entries.set(name, { ...entries.get(name), ...change })
  }
  return new Map(
    [...entries].map(([name, entry]) => [
      name,
      { name, ...parse(CatalogueEntry, entry, `MODEL_CATALOGUE: model ${name}`) },
    ]),
  )
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new ConfigError(`${what}: ${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'invalid'}`)
}

function readJson(path: string | URL): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    throw new ConfigError('MODEL_CATALOGUE: the file it names cannot be read as JSON')
  }
}
