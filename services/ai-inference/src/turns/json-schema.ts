export type JsonSchema = Record<string, unknown>

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Limits that some provider refuses in a strict schema. They are told to the model in words, and enforced when it has answered. */
const limits: Record<string, (value: unknown) => string> = {
  minimum: (value) => `at least ${String(value)}`,
  maximum: (value) => `at most ${String(value)}`,
  minItems: (value) => `at least ${String(value)} items`,
  maxItems: (value) => `at most ${String(value)} items`,
  maxLength: (value) => `at most ${String(value)} characters`,
  minLength: (value) => `at least ${String(value)} characters`,
}

/**
 * The subset of JSON Schema that all providers take in strict mode: every property required, none beside them, limits as words.
 * The order of properties is kept, since models write in it.
 */
export function toStrictSchema(schema: JsonSchema): JsonSchema {
  const strict: JsonSchema = {}
  const words: string[] = []
  for (const [keyword, value] of Object.entries(schema)) {
    const inWords = limits[keyword]
    if (inWords) words.push(inWords(value))
    else if (keyword !== '$schema') strict[keyword] = strictKeyword(keyword, value)
  }
  if (words.length > 0) strict['description'] = words.join(', ')
  if (isRecord(schema['properties'])) {
    strict['required'] = Object.keys(schema['properties'])
    strict['additionalProperties'] = false
  }
  return strict
}

function strictKeyword(keyword: string, value: unknown): unknown {
  if (keyword === 'properties' && isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, strictMember(member)]))
  }
  if (keyword === 'items') return strictMember(value)
  if (keyword === 'anyOf' && Array.isArray(value)) return value.map(strictMember)
  return value
}

function strictMember(value: unknown): unknown {
  return isRecord(value) ? toStrictSchema(value) : value
}
