import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { loadConfig } from './config.ts'

const Config = z.object({
  API_KEY: z.string().min(8),
  PORT: z.coerce.number().int(),
  NAME: z.string().default('concord'),
})

test('names every faulty variable at once and shows no value', () => {
  const load = () => loadConfig(Config, { API_KEY: 'hunter2', PORT: 'many' })

  expect(load).toThrow(/API_KEY.*PORT/)
  expect(load).not.toThrow(/hunter2/)
})

test('reads a secret from the file that its _FILE variable names, and ignores the files of others', () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'config-')), 'key')
  writeFileSync(file, 'from a file\n')

  expect(loadConfig(Config, { API_KEY_FILE: file, PORT: '1', OTHER_FILE: '/nowhere' })).toEqual({
    API_KEY: 'from a file',
    PORT: 1,
    NAME: 'concord',
  })
})

test('an empty variable counts as absent, and a file that cannot be read is named', () => {
  expect(loadConfig(Config, { API_KEY: 'long enough', PORT: '1', NAME: '' }).NAME).toBe('concord')
  expect(() => loadConfig(Config, { API_KEY_FILE: '/nowhere/key', PORT: '1' })).toThrow(
    'API_KEY_FILE: the file it names cannot be read',
  )
})
