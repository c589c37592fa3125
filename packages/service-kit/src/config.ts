import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** Every problem of a configuration at once; names variables but never prints their values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * Parses the environment. A variable `X` of the schema may also come from the file named by `X_FILE`; an empty variable counts as
 * absent. Throws a ConfigError that names every faulty variable.
 */
export function loadConfig<Schema extends z.ZodType>(schema: Schema, env: NodeJS.ProcessEnv): z.output<Schema> {
  const result = schema.safeParse(valuesOf(namesOf(schema), env))
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'configuration'}: ${issue.message}`)
  throw new ConfigError(problems.join('; '))
}

function namesOf(schema: z.ZodType): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

function valuesOf(names: readonly string[], env: NodeJS.ProcessEnv): Record<string, string> {
  const values: Record<string, string> = {}
  for (const name of names) {
    const file = env[`${name}_FILE`]
    const value = env[name] || (file ? readSecret(`${name}_FILE`, file) : undefined)
    if (value) values[name] = value
  }
  return values
}

function readSecret(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    throw new ConfigError(`${name}: the file it names cannot be read`)
  }
}
