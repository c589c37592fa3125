import { expect, test } from 'vitest'
import { readBody } from '../door/read-body.ts'
import { EmbeddingRequest } from './embedding-request.ts'

test.each([
  ['texts', Array.from({ length: 2_049 }, () => 'a text')],
  ['lists of tokens', Array.from({ length: 2_049 }, () => [1, 2])],
])('more %s than a call may hold are refused with the number that it may', (_what, input) => {
  const reading = () => readBody(EmbeddingRequest, { model: 'text-embedding-3-small', input })

  expect(reading).toThrow("Invalid value for 'input': expected at most 2048 inputs a call.")
})

test('a text of the wrong kind is named by its place', () => {
  expect(() => readBody(EmbeddingRequest, { model: 'm', input: ['a', ''] })).toThrow("'input[1]'")
})
