import { expect, test } from 'vitest'
import { resolveSettings } from './resolve-settings.ts'

const query = 'Which one?'
const choice = (...choices: string[]) => ({ query, answer_type: 'choice' as const, choices })

test.each([
  ['choices that differ by letter case only', choice('Yes', ' yes '), '#/choices/1'],
  ['choices that are the same number', choice('1', '0.5', '1/2'), '#/choices/2'],
  ['a language that there is not', { query, language: 'xx' }, '#/language'],
  ['a language that there is not, with a region', { query, language: 'xx-FR' }, '#/language'],
  ['signs without width', { query: '\u200b\u2060\ufeff' }, '#/query'],
])('%s are well-formed and impossible, and the field is named', (_what, body, pointer) => {
  expect(() => resolveSettings(body)).toThrow(expect.objectContaining({ code: 'unprocessable' }))
  expect(() => resolveSettings(body)).toThrow(pointer)
})

test.each([
  ['prose that holds the same number', choice('5 legs', '5 arms')],
  ['languages by their tags', { query, language: 'fr-FR' }],
  ['languages of three letters', { query, language: 'yue' }],
  ['joined signs within a text', { query: 'Who is 👩\u200d🔬?' }],
])('%s can be asked', (_what, body) => {
  expect(resolveSettings(body)).toHaveProperty('effort')
})
