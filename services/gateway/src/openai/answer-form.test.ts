import { expect, test } from 'vitest'
import { z } from 'zod'
import { aCompletedQuery } from '../../test/completed-query.ts'
import { answerForm, inForm } from './answer-form.ts'
import { toOpenAiError } from './door-error.ts'

const asked = (schema: unknown) => ({ type: 'json_schema', json_schema: { name: 'verdict', schema, strict: true } })

function refusalOf(format: unknown) {
  try {
    return answerForm(format)
  } catch (error) {
    return toOpenAiError(error).error
  }
}

test.each([undefined, null, { type: 'text' }])('is text unless something else is asked for', (format) => {
  expect(inForm(answerForm(format), aCompletedQuery())).toBe('The answer is 391.')
})

test('is the council’s own fields as JSON', () => {
  expect(JSON.parse(inForm(answerForm({ type: 'json_object' }), aCompletedQuery()))).toEqual({
    summary: 'The answer is 391.',
    answer: '391',
    confidence: 0.98,
    agreement: 1,
    outcome: 'unanimous',
    reached: true,
  })
})

test('is what a schema asks of these fields, and passes it', () => {
  const Verdict = z.strictObject({
    answer: z.string().nullable(),
    confidence: z.number().min(0).max(1),
    outcome: z.enum(['unanimous', 'consensus', 'majority', 'contested', 'deadlock']),
  })
  const content = inForm(answerForm(asked(z.toJSONSchema(Verdict))), aCompletedQuery())

  expect(Verdict.parse(JSON.parse(content))).toEqual({ answer: '391', confidence: 0.98, outcome: 'unanimous' })
})

test.each([
  { what: 'the summary where it may not be null', type: 'string', answer: 'The answer is 391.' },
  { what: 'null where it may be', type: ['string', 'null'], answer: null },
])('has of an open question as its answer $what', ({ type, answer }) => {
  const form = answerForm(asked({ type: 'object', properties: { answer: { type } } }))

  expect(JSON.parse(inForm(form, aCompletedQuery({ answer: null })))).toEqual({ answer })
})

test.each([
  {
    what: 'a field it has not',
    schema: { type: 'object', properties: { colour: { type: 'string' } } },
    at: '.properties.colour',
  },
  {
    what: 'a confidence in words',
    schema: { type: 'object', properties: { confidence: { enum: ['high', 'low'] } } },
    at: '.properties.confidence',
  },
  {
    what: 'an outcome it may not have',
    schema: { type: 'object', properties: { outcome: { enum: ['unanimous'] } } },
    at: '.properties.outcome',
  },
  { what: 'a list', schema: { type: 'array' }, at: '' },
])('refuses a schema that asks for $what', ({ schema, at }) => {
  expect(refusalOf(asked(schema))).toMatchObject({
    param: `response_format.json_schema.schema${at}`,
    code: 'unsupported_value',
  })
})

test.each([7, { type: 'xml' }, { type: 'json_schema' }])('refuses what is no format', (format) => {
  expect(refusalOf(format)).toMatchObject({ param: 'response_format' })
})
