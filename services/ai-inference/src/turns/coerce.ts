import { isRecord } from './json-schema.ts'
import type { JsonSchema } from './json-schema.ts'
import { coerceEnum } from './coerce-enum.ts'

/** What cannot be bent into its schema; the form's own check then decides whether it may be missing. */
const hopeless = Symbol('hopeless')
type Coerced = unknown

const maxDepth = 12

/**
 * Bends a near miss into a JSON Schema of the forms' kind: number strings, percentages and shares above 1, other spellings of
 * names and enumerated words, one thing where a list belongs, lists and texts that are too long. Undefined when too little fits.
 */
export function coerce(schema: JsonSchema, value: unknown): unknown {
  const result = coerceValue(schema, value, 0)
  return result === hopeless ? undefined : result
}

function coerceValue(schema: JsonSchema, value: unknown, depth: number): Coerced {
  if (depth > maxDepth) return hopeless
  if (Array.isArray(schema['anyOf'])) return coerceNullable(schema['anyOf'], value, depth)
  if (Array.isArray(schema['enum'])) return coerceEnum(schema['enum'], value) ?? hopeless
  switch (schema['type']) {
    case 'object':
      return coerceObject(schema, value, depth)
    case 'array':
      return coerceArray(schema, value, depth)
    case 'string':
      return coerceString(schema, value)
    case 'number':
    case 'integer':
      return coerceNumber(schema, value)
    default:
      return value
  }
}

function coerceNullable(options: readonly unknown[], value: unknown, depth: number): Coerced {
  if (value === null || value === undefined) return null
  const option = options.find((candidate) => isRecord(candidate) && candidate['type'] !== 'null')
  return isRecord(option) ? coerceValue(option, value, depth) : null
}

function coerceObject(schema: JsonSchema, given: unknown, depth: number): Coerced {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {}
  const value = unwrap(given, Object.keys(properties))
  if (!isRecord(value)) return hopeless
  const byFolded = new Map(Object.entries(value).map(([name, member]) => [fold(name), member]))
  const known = Object.keys(properties).filter((name) => byFolded.has(fold(name)))
  if (known.length === 0) return hopeless
  const result: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(properties)) {
    if (!isRecord(member)) continue
    const coerced = coerceValue(member, byFolded.get(fold(name)), depth + 1)
    if (coerced === hopeless) return hopeless
    result[name] = coerced
  }
  return result
}

/** Looks through JSON in a string, a list of one, and an envelope such as `{"answer": {…}}`. */
function unwrap(value: unknown, names: readonly string[]): unknown {
  if (typeof value === 'string') {
    try {
      return JSON.parse(value)
    } catch {
      return value
    }
  }
  if (Array.isArray(value) && value.length === 1) return value[0]
  if (!isRecord(value)) return value
  const folded = new Set(names.map(fold))
  const has = (record: Record<string, unknown>) => Object.keys(record).some((name) => folded.has(fold(name)))
  if (has(value)) return value
  return Object.values(value).find((member) => isRecord(member) && has(member)) ?? value
}

function coerceArray(schema: JsonSchema, value: unknown, depth: number): Coerced {
  const items = isRecord(schema['items']) ? schema['items'] : {}
  const list = value === undefined || value === null || value === '' ? [] : Array.isArray(value) ? value : [value]
  const limit = typeof schema['maxItems'] === 'number' ? schema['maxItems'] : list.length
  const coerced = list
    .slice(0, 4 * limit + 16)
    .map((item) => coerceValue(items, item, depth + 1))
    .filter((item) => item !== hopeless)
  // A list none of whose items made sense is no empty list.
  if (coerced.length === 0 && list.length > 0) return hopeless
  return coerced.slice(0, limit)
}

function coerceString(schema: JsonSchema, value: unknown): Coerced {
  const text = textOf(value)
  if (text === undefined) return hopeless
  const limit = schema['maxLength']
  return typeof limit === 'number' ? text.slice(0, limit).toWellFormed() : text
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join('\n')
  if (isRecord(value) && typeof value['text'] === 'string') return value['text']
  return undefined
}

function coerceNumber({ minimum, maximum }: JsonSchema, value: unknown): Coerced {
  const number = numberOf(value)
  if (number === undefined) return hopeless
  const scaled = minimum === 0 && maximum === 1 ? toShare(number) : number.value
  const least = typeof minimum === 'number' ? Math.max(minimum, scaled) : scaled
  return typeof maximum === 'number' ? Math.min(maximum, least) : least
}

/** Models that do not say 0.92 say 92 or 92 %, or count to ten. */
function toShare({ value, percent }: { value: number; percent: boolean }): number {
  if (percent || (value > 10 && value <= 100)) return value / 100
  return value >= 2 && value <= 10 ? value / 10 : value
}

function numberOf(value: unknown): { value: number; percent: boolean } | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return { value, percent: false }
  if (typeof value !== 'string') return undefined
  const [, digits, sign] = /^\s*[~≈]?\s*(-?\d+(?:[.,]\d+)?)\s*(%?)/.exec(value) ?? []
  return digits === undefined ? undefined : { value: Number(digits.replace(',', '.')), percent: sign === '%' }
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}
