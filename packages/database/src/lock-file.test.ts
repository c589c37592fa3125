import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LockHeldError, takeLock } from './lock-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concord-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('refuses a second holder until the first lets go, and leaves no files behind', () => {
  const path = join(folder, 'lock')
  const release = takeLock(path)

  expect(() => takeLock(path)).toThrow(LockHeldError)
  release()
  takeLock(path)()

  expect(readdirSync(folder)).toEqual([])
})

test('takes over from a holder that was killed', async () => {
  const path = join(folder, 'lock')
  const process = spawn('sleep', ['60'])
  const { pid } = process
  writeFileSync(path, JSON.stringify({ pid }))
  expect(() => takeLock(path)).toThrow(LockHeldError)

  process.kill('SIGKILL')
  await once(process, 'exit')

  takeLock(path)()
})

test('takes over when the number of the holder belongs to another process by now', () => {
  const path = join(folder, 'lock')
  writeFileSync(path, JSON.stringify({ pid: process.ppid, started: 'another time' }))

  expect(takeLock(path)).not.toThrow()
})

test.each(['', '{', '{"pid":"one"}'])('takes over a lock that says %j', (text) => {
  const path = join(folder, 'lock')
  writeFileSync(path, text)

  expect(takeLock(path)).not.toThrow()
})
