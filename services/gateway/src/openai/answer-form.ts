import type { QueryResults } from '@concord/contracts/queries'
import { outcomes } from '@concord/contracts/live-events'
import { z } from 'zod'
import { wrongParameter } from './door-error.ts'

type Completed = Extract<QueryResults, { status: 'completed' }>

/** What the council's answer can be asked for as JSON, and the JSON types each field may come as. */
const fields = {
  summary: { types: ['string'], of: ({ consensus }: Completed) => consensus.summary },
  answer: { types: ['string'], of: ({ consensus }: Completed) => consensus.answer },
  confidence: { types: ['number'], of: ({ consensus }: Completed) => consensus.confidence },
  agreement: { types: ['number'], of: ({ consensus }: Completed) => consensus.agreement },
  outcome: { types: ['string'], of: ({ consensus }: Completed) => consensus.outcome },
  reached: { types: ['boolean'], of: ({ consensus }: Completed) => consensus.reached },
} as const
type Field = keyof typeof fields
const names = Object.keys(fields).filter(isField)

/** One member of the JSON object. Where it may not be null, an open question's answer is its summary. */
type Member = { name: Field; mayBeNull: boolean }

/** Undefined is plain text; otherwise the members of the JSON object that the content is to be. */
export type AnswerForm = readonly Member[] | undefined

const where = 'response_format.json_schema.schema'
const Property = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  anyOf: z.array(z.looseObject({ type: z.string() })).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.undefined().optional(),
})
const Schema = z.looseObject({ type: z.literal('object'), properties: z.record(z.string(), z.unknown()).default({}) })
const Format = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text') }),
  z.strictObject({ type: z.literal('json_object') }),
  z.strictObject({ type: z.literal('json_schema'), json_schema: z.looseObject({ schema: z.unknown() }) }),
])

/** Reads `response_format`; a 400 for a schema that asks for more than the council has to say. */
export function answerForm(format: unknown): AnswerForm {
  if (format === undefined || format === null) return undefined
  const { data } = Format.safeParse(format)
  if (!data) throw wrongParameter('response_format', 'expected type text, json_object or json_schema with a schema')
  if (data.type === 'text') return undefined
  if (data.type === 'json_schema') return membersOf(data.json_schema.schema)
  return names.map((name) => ({ name, mayBeNull: true }))
}

/** The content of an answer in its form. */
export function inForm(form: AnswerForm, results: Completed): string {
  if (form === undefined) return results.consensus.summary
  const { summary } = results.consensus
  const members = form.map(({ name, mayBeNull }) => [name, fields[name].of(results) ?? (mayBeNull ? null : summary)])
  return JSON.stringify(Object.fromEntries(members))
}

function membersOf(schema: unknown): Member[] {
  const { data } = Schema.safeParse(schema)
  if (!data) throw wrongParameter(where, 'expected the schema of an object', 'unsupported_value')
  const asked = Object.entries(data.properties)
  return asked.map(([name, property]) => {
    if (!isField(name))
      throw wrongParameter(
        `${where}.properties.${name}`,
        `concord has no such field; it has ${names.join(', ')}`,
        'unsupported_value',
      )
    const missing = fields[name].types.filter((type) => !allows(property, type))
    if (missing.length > 0)
      throw wrongParameter(`${where}.properties.${name}`, `must allow ${missing.join(' and ')}`, 'unsupported_value')
    return { name, mayBeNull: allows(property, 'null') }
  })
}

function allows(property: unknown, type: string): boolean {
  const { data } = Property.safeParse(property)
  if (!data) return false
  if (data.enum) return outcomes.every((outcome) => data.enum?.includes(outcome))
  if (data.anyOf) return data.anyOf.some((branch) => branch.type === type)
  return data.type === undefined || [data.type].flat().includes(type)
}

function isField(name: string): name is Field {
  return Object.hasOwn(fields, name)
}
