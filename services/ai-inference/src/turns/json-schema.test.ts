import { describe, expect, test } from 'vitest'
import { formOf } from './answer-form.ts'
import { isRecord } from './json-schema.ts'

describe.each(['opening', 'vote', 'debate'] as const)('the strict schema of a %s', (purpose) => {
  const schema = formOf(purpose)?.strictSchema

  test('uses only the keywords that every provider takes in strict mode', () => {
    const taken = ['type', 'properties', 'required', 'additionalProperties', 'items', 'enum', 'anyOf', 'description']

    expect(keywordsOf(schema).filter((keyword) => !taken.includes(keyword))).toEqual([])
  })

  test('asks for every property, in the order of the form, and for no other', () => {
    const properties = isRecord(schema?.['properties']) ? Object.keys(schema['properties']) : []

    expect(schema).toMatchObject({ type: 'object', required: properties, additionalProperties: false })
    expect(properties.length).toBeGreaterThan(0)
  })
})

function keywordsOf(schema: unknown): string[] {
  if (!isRecord(schema)) return []
  const { properties, items, anyOf } = schema
  const members = [
    ...(isRecord(properties) ? Object.values(properties) : []),
    items,
    ...(Array.isArray(anyOf) ? anyOf : []),
  ]
  return [...Object.keys(schema), ...members.flatMap(keywordsOf)]
}
