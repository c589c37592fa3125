import { existsSync, globSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'

export type Setting = { name: string; required: boolean; initial: string; description: string; example: string }
export type SettingsOf = { owner: string; folder: string; settings: Setting[] }

/** The settings of the mesh and of every service, read from their config schemas. */
export async function readSettings(): Promise<{ mesh: SettingsOf; services: SettingsOf[] }> {
  const services = globSync('services/*/src/config.ts').toSorted()
  return {
    mesh: await settingsOf('packages/mesh', 'settings.ts', 'MeshConfig'),
    services: await Promise.all(
      services.map((file) => settingsOf(path.dirname(path.dirname(file)), 'config.ts', 'Config')),
    ),
  }
}

async function settingsOf(folder: string, file: string, name: string): Promise<SettingsOf> {
  const source = path.resolve(folder, 'src', file)
  if (!existsSync(source)) throw new Error(`${source} is missing`)
  const exported = z.record(z.string(), z.unknown()).parse({ ...(await import(pathToFileURL(source).href)) })
  const schema = z.instanceof(z.ZodType).parse(exported[name])
  return { owner: path.basename(folder), folder, settings: describe(folder, schema) }
}

const JsonSchema = z.object({
  required: z.array(z.string()).default([]),
  properties: z.record(
    z.string(),
    z.object({
      description: z.string().optional(),
      default: z.union([z.string(), z.number()]).optional(),
      example: z.string().optional(),
      enum: z.array(z.string()).optional(),
    }),
  ),
})

function describe(folder: string, schema: z.ZodType): Setting[] {
  const { properties, required } = JsonSchema.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
  return Object.entries(properties).map(([name, { description, default: initial, example, enum: values }]) => {
    if (!description) throw new Error(`${folder}: the setting ${name} has no description`)
    const choices = values && values.length > 2 ? ` One of ${values.map((value) => `\`${value}\``).join(', ')}.` : ''
    return {
      name,
      required: required.includes(name),
      initial: String(initial ?? ''),
      description: `${description}${choices}`,
      example: example ?? '',
    }
  })
}
