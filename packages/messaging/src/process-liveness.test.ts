import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { mayBeAlive, newOwner } from './process-liveness.ts'

test('an owner of this process is alive until it retires', () => {
  const owner = newOwner()
  expect(mayBeAlive(owner.name)).toBe(true)

  owner.retire()

  expect(mayBeAlive(owner.name)).toBe(false)
})

test('an owner whose process id this process got again is dead', () => {
  expect(mayBeAlive(`${hostname()}:${process.pid}:from-before`)).toBe(false)
})

test('an owner in another process is alive until that is killed', async () => {
  const child = spawn('sleep', ['600'])
  const owner = `${hostname()}:${child.pid}:x`
  expect(mayBeAlive(owner)).toBe(true)

  child.kill('SIGKILL')
  await once(child, 'exit')

  expect(mayBeAlive(owner)).toBe(false)
})

test('an owner on another host counts as alive', () => {
  expect(mayBeAlive('elsewhere:1:x')).toBe(true)
})
