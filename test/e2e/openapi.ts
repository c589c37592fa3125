import type { ApiClient } from '@concord/testing/api-client'
import { z } from 'zod'

const Operation = z.looseObject({
  operationId: z.string(),
  parameters: z.array(z.looseObject({ in: z.string(), name: z.string() })).default([]),
  requestBody: z
    .looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.record(z.string(), z.unknown()) })) })
    .optional(),
})
const Document = z.looseObject({
  openapi: z.string().startsWith('3.1'),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.record(z.string(), z.unknown())) }),
})

export type Schema = Record<string, unknown>
export type ApiOperation = {
  id: string
  method: string
  /** A whole address, its parameters in braces. */
  address: string
  query: string[]
  path: string[]
  /** Undefined where there is no body. */
  body: Schema | undefined
}

/** Every operation of the mesh's one document, with references resolved. */
export async function readOperations(api: ApiClient): Promise<ApiOperation[]> {
  const { paths, components } = Document.parse((await api.get('/openapi.json')).body)
  const resolve = (schema: Schema): Schema => {
    const { $ref: reference } = schema
    return typeof reference === 'string' ? (components.schemas[reference.split('/').at(-1) ?? ''] ?? {}) : schema
  }
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { operationId, parameters, requestBody }]) => {
      const schema = requestBody?.content['application/json']?.schema
      const named = (place: string) => parameters.filter((parameter) => parameter.in === place).map(({ name }) => name)
      return {
        id: operationId,
        method: method.toUpperCase(),
        address: `${api.url}${path}`,
        query: named('query'),
        path: named('path'),
        body: schema && resolve(schema),
      }
    }),
  )
}

/** Values that a field's schema does not allow, each with what is wrong about it. */
export function wrongValues(schema: Schema): { what: string; value: unknown }[] {
  const branches = branchesOf(schema)
  const types = new Set(branches.flatMap(({ type }) => (Array.isArray(type) ? type : [type])))
  const has = (...names: string[]): boolean => names.some((name) => types.has(name))
  return [
    ...(has('null') ? [] : [{ what: 'null', value: null }]),
    ...(has('string') ? [] : [{ what: 'a text', value: '2' }]),
    ...(has('number', 'integer') ? [] : [{ what: 'a number', value: 2 }]),
    ...(has('boolean') ? [] : [{ what: 'a boolean', value: true }]),
    ...(has('array') ? [] : [{ what: 'a list', value: ['x'] }]),
    ...(has('object') ? [] : [{ what: 'an object', value: { $gt: '' } }]),
    ...branches.flatMap(outOfRange),
  ]
}

function outOfRange({ type, enum: allowed, minLength, maxLength, minimum, maximum, minItems, maxItems }: Schema) {
  const values: { what: string; value: unknown }[] = []
  if (Array.isArray(allowed)) values.push({ what: 'none of the values', value: 'nonsense' })
  if (typeof minLength === 'number' && minLength > 0) values.push({ what: 'an empty text', value: '' })
  if (typeof maxLength === 'number') values.push({ what: 'too long a text', value: 'x'.repeat(maxLength + 1) })
  if (typeof minimum === 'number' && minimum > -1e9) values.push({ what: 'too little', value: minimum - 1 })
  if (typeof maximum === 'number' && maximum < 1e9) values.push({ what: 'too much', value: maximum + 1 })
  if (type === 'integer') values.push({ what: 'a fraction', value: 2.5 })
  if (typeof minItems === 'number' && minItems > 0) values.push({ what: 'an empty list', value: [] })
  if (typeof maxItems === 'number')
    values.push({ what: 'too long a list', value: Array.from({ length: maxItems + 1 }, (_, n) => `x${n}`) })
  if (type === 'array') values.push({ what: 'a list of numbers', value: [1, 2] })
  return values
}

function branchesOf(schema: Schema): Schema[] {
  const { anyOf, oneOf } = schema
  const branches = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : undefined
  return branches ? branches.flatMap((branch: Schema) => branchesOf(branch)) : [schema]
}

export function propertiesOf(schema: Schema): Record<string, Schema> {
  return Object.fromEntries(
    branchesOf(schema).flatMap(({ properties }) =>
      Object.entries(z.record(z.string(), z.record(z.string(), z.unknown())).catch({}).parse(properties)),
    ),
  )
}

export function requiredOf(schema: Schema): string[] {
  return z.array(z.string()).catch([]).parse(schema['required'])
}
