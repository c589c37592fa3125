import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadAnchors } from './load-anchors.ts'

let folder: string
let errors: unknown[]
const logger = { error: (what: unknown) => errors.push(what) }
const good = { id: 'law-001', question: 'Is it?', answer_type: 'boolean', choices: null, answer: 'yes' }

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'anchors-'))
  errors = []
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(file: string, content: unknown): void {
  writeFileSync(path.join(folder, file), typeof content === 'string' ? content : JSON.stringify(content))
}

test('anchors are read with the domain that their file is named for', () => {
  write('law.json', [good])
  write('README.md', 'not a domain')

  expect(loadAnchors(folder, logger)).toEqual([
    { id: 'law-001', domain: 'law', question: 'Is it?', answerType: 'boolean', choices: null, answer: 'yes' },
  ])
  expect(errors).toEqual([])
})

test.each([
  ['is no JSON', '{'],
  ['has an id twice', [good, good]],
  ['has an answer that is no choice', [{ ...good, answer_type: 'choice', choices: ['a', 'b'], answer: 'c' }]],
  ['has a field too many', [{ ...good, hint: 'no' }]],
])('a file that %s is told of and left out, the others stay', (_, content) => {
  write('law.json', content)
  write('code.json', [{ ...good, id: 'code-001' }])

  expect(loadAnchors(folder, logger).map(({ id }) => id)).toEqual(['code-001'])
  expect(errors).toMatchObject([{ file: 'law.json' }])
})

test('where there is no folder there are no anchors', () => {
  expect(loadAnchors(path.join(folder, 'nowhere'), logger)).toEqual([])
})
