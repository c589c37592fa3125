import { readFileSync } from 'node:fs'
import { ModelName } from '@concord/contracts/queries'
import { ConfigError } from '@concord/service-kit/config'
import { z } from 'zod'

export const Provider = z.enum(['openai', 'anthropic', 'gemini', 'xai'])
export type Provider = z.output<typeof Provider>

const price = z.number().nonnegative()

const CatalogueEntry = z.strictObject({
  kind: z.literal('chat').default('chat'),
  provider: Provider,
  provider_model: z.string().min(1).max(128),
  /** Models of one family make the same mistakes; the orchestrator gives them one weight. */
  family: z.string().min(1).max(64),
  prices: z.strictObject({
    input_usd_per_million_tokens: price,
    /** For input that the provider had cached; the price of other input where it is not given. */
    cached_input_usd_per_million_tokens: price.optional(),
    output_usd_per_million_tokens: price,
  }),
  limits: z.strictObject({ context_tokens: z.int().positive(), max_output_tokens: z.int().positive() }),
  /** A model that thinks spends output tokens on it, on top of those that the caller allows for the answer. */
  reasoning: z.strictObject({
    effort: z.enum(['low', 'medium', 'high']).nullable(),
    headroom_tokens: z.int().nonnegative(),
  }),
  takes_temperature: z.boolean(),
  takes_images: z.boolean().default(true),
  takes_tools: z.boolean().default(true),
})
export type CatalogueEntry = z.output<typeof CatalogueEntry>

const EmbeddingEntry = z.strictObject({
  kind: z.literal('embedding'),
  provider: Provider,
  provider_model: z.string().min(1).max(128),
  family: z.string().min(1).max(64),
  prices: z.strictObject({ input_usd_per_million_tokens: price }),
  /** `dimensions`: of its whole vectors, which may be asked for shorter. */
  limits: z.strictObject({ input_tokens: z.int().positive(), dimensions: z.int().positive() }),
})

export type CatalogueModel = CatalogueEntry & { name: string }
export type Catalogue = ReadonlyMap<string, CatalogueModel>
export type EmbeddingModel = z.output<typeof EmbeddingEntry> & { name: string }
export type EmbeddingCatalogue = ReadonlyMap<string, EmbeddingModel>

const Overrides = z.record(ModelName, z.record(z.string(), z.unknown()).nullable())

const builtIn = new URL('../../catalogue.json', import.meta.url)

/**
 * The models of the panel by name: the built-in file, then the operator's merged over it. There a name may be new and whole, or
 * change some fields of a known one, or be null, which removes it. Throws a ConfigError that names what is wrong.
 */
export function loadCatalogue(overridePath?: string): Catalogue {
  return modelsOf(CatalogueEntry, (kind) => kind !== 'embedding', overridePath)
}

/** The models that turn texts into vectors, from the same files. */
export function loadEmbeddingModels(overridePath?: string): EmbeddingCatalogue {
  return modelsOf(EmbeddingEntry, (kind) => kind === 'embedding', overridePath)
}

function modelsOf<Schema extends z.ZodType<object>>(
  schema: Schema,
  isOfKind: (kind: unknown) => boolean,
  overridePath: string | undefined,
): ReadonlyMap<string, z.output<Schema> & { name: string }> {
  const entries = new Map(Object.entries(parse(Overrides, readJson(builtIn), 'the built-in model catalogue')))
  const overrides = overridePath ? parse(Overrides, readJson(overridePath), 'MODEL_CATALOGUE') : {}
  for (const [name, change] of Object.entries(overrides)) {
    if (change === null) entries.delete(name)
    else entries.set(name, { ...entries.get(name), ...change })
  }
  return new Map(
    [...entries]
      .filter(([, entry]) => isOfKind(entry?.['kind']))
      .map(([name, entry]) => [name, { name, ...parse(schema, entry, `MODEL_CATALOGUE: model ${name}`) }]),
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
