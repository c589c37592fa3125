import { AppError } from '@concord/service-kit/errors'
import { expect, test } from 'vitest'
import { toolError } from './tool-error.ts'

const textOf = (error: unknown) => JSON.stringify(toolError(error, 'req-1'))

test('names every faulty field and says what to do', () => {
  const errors = [
    { pointer: '#/models/1', detail: 'nobody is not a model of the panel' },
    { pointer: '#/query', detail: 'expected some text' },
  ]
  const text = textOf(new AppError('invalid-request', 'the input is invalid', { errors }))

  expect(text).toContain('- models/1: nobody is not a model of the panel')
  expect(text).toContain('- query: expected some text')
  expect(text).toContain('Correct the input')
})

test('tells no one what a bug says or what caused an error', () => {
  const cause = new Error('connect ECONNREFUSED 10.0.0.7:5432')

  expect(textOf(cause)).not.toContain('10.0.0.7')
  expect(textOf(cause)).toContain('req-1')
  expect(textOf(new AppError('unavailable', 'out of reach', { cause }))).not.toContain('10.0.0.7')
})

test('says when to come back', () => {
  expect(textOf(new AppError('rate-limited', 'the plan free allows 10 queries a day', { retryAfterS: 70 }))).toContain(
    'Try again in 70 s',
  )
})

test('sends to a query that goes on rather than to a second one', () => {
  const id = `qry_${'a'.repeat(32)}`
  const text = textOf(new AppError('unavailable', `going down; the query ${id} goes on`, { retryAfterS: 1 }))

  expect(text).toContain(`get_deliberation tells how far ${id} is`)
  expect(text).not.toContain('Try again')
})
