/** A value that fits a JSON Schema, for forms that the emulators do not know: texts hold the answer, numbers are 0.5 or their minimum. */
export function fillSchema(schema: unknown, text: string, depth = 0): unknown {
  if (depth > 12 || typeof schema !== 'object' || schema === null) return null
  if ('const' in schema) return schema.const
  if ('enum' in schema && Array.isArray(schema.enum)) return schema.enum[0]
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
    const options = key in schema ? Reflect.get(schema, key) : undefined
    if (Array.isArray(options)) return fillSchema(options[0], text, depth + 1)
  }
  const type = 'type' in schema ? schema.type : undefined
  switch (Array.isArray(type) ? type[0] : type) {
    case 'object':
      return fillObject('properties' in schema ? schema.properties : {}, text, depth)
    case 'array':
      return 'items' in schema ? [fillSchema(schema.items, text, depth + 1)] : []
    case 'string':
      return text
    case 'integer':
      return 'minimum' in schema && typeof schema.minimum === 'number' ? Math.ceil(schema.minimum) : 1
    case 'number':
      return 'minimum' in schema && typeof schema.minimum === 'number' ? Math.max(schema.minimum, 0.5) : 0.5
    case 'boolean':
      return true
    default:
      return null
  }
}

function fillObject(properties: unknown, text: string, depth: number): object {
  const entries = typeof properties === 'object' && properties !== null ? Object.entries(properties) : []
  return Object.fromEntries(entries.map(([name, schema]) => [name, fillSchema(schema, text, depth + 1)]))
}
