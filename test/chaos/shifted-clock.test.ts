import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { expect, test } from 'vitest'

const preload = `--import=${path.join(import.meta.dirname, 'shifted-clock.ts')}`
/** Tells its time on every message, after the clock has heard it. */
const code = `process.on('message', () => setImmediate(() => process.send([Date.now(), new Date().getTime(), new Date(5).getTime(), new Date() instanceof Date])))
setInterval(() => {}, 1_000)
process.send('ready')`

test('moves the wall clock of a process that its parent tells to, and nothing that has its own time', async () => {
  const child = spawn(process.execPath, [preload, '--eval', code], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  await once(child, 'message')
  const tell = async (offsetMs: number): Promise<number[]> => {
    child.send({ clockOffsetMs: offsetMs })
    const [told] = await once(child, 'message')
    return told
  }
  const [ahead, made, fixed, isDate] = await tell(3_600_000)
  const [back] = await tell(0)
  child.kill()

  const nearly = 20_000
  expect(Math.abs((ahead ?? 0) - Date.now() - 3_600_000)).toBeLessThan(nearly)
  expect(Math.abs((made ?? 0) - Date.now() - 3_600_000)).toBeLessThan(nearly)
  expect([fixed, isDate]).toEqual([5, true])
  expect(Math.abs((back ?? 0) - Date.now())).toBeLessThan(nearly)
})
