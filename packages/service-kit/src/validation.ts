import type { ProblemError } from '@concord/contracts/problem'
import { AppError } from './errors.ts'

type Issue = { instancePath: string; message?: string | undefined; keyword?: string; params?: unknown }

const places: Record<string, string> = {
  querystring: 'query parameter',
  params: 'path parameter',
  headers: 'header',
  body: 'field',
}

/** A 400 that names every faulty field; an unknown field is named itself rather than its parent. */
export function toValidationError(issues: readonly Issue[], context: string | undefined): AppError {
  const errors = issues.slice(0, 32).flatMap(toErrors)
  const place = places[context ?? 'body'] ?? 'field'
  const [first] = errors
  const detail = first ? `${place} ${first.pointer}: ${first.detail}` : `a ${place} is invalid`
  return new AppError('invalid-request', detail, { errors })
}

function toErrors({ instancePath, message = 'invalid', params }: Issue): ProblemError[] {
  const parent = instancePath === '/' ? '#' : `#${instancePath}`
  const unknownKeys = keysOf(params)
  if (unknownKeys.length === 0) return [{ pointer: parent, detail: message }]
  return unknownKeys.map((key) => ({ pointer: `${parent}/${escape(key)}`, detail: 'unknown field' }))
}

function keysOf(params: unknown): string[] {
  if (typeof params !== 'object' || params === null || !('keys' in params) || !Array.isArray(params.keys)) return []
  return params.keys.filter((key) => typeof key === 'string')
}

function escape(key: string): string {
  return key.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')
}
