import { readFileSync } from 'node:fs'
import type { z } from 'zod'

/** Every problem of a configuration at once; names variables but never prints their values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * Parses the environment. A variable `X` may also come from the file named by `X_FILE`; an empty variable counts as absent.
 * Throws a ConfigError that names every faulty variable.
 */
export function loadConfig<Schema extends z.ZodType>(schema: Schema, env: NodeJS.ProcessEnv): z.output<Schema> {
  const result = schema.safeParse(withFiles(env))
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'configuration'}: ${issue.message}`)
  throw new ConfigError(problems.join('; '))
}

function withFiles(env: NodeJS.ProcessEnv): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value === '') continue
    values[name] = value
    const target = name.replace(/_FILE$/, '')
    if (target !== name && !env[target]) values[target] = readSecret(name, value)
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
