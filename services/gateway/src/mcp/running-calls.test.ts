import { expect, test } from 'vitest'
import { runningCalls } from './running-calls.ts'

/** Gateways that hear one another. */
function replicas(count: number) {
  const listeners: ((name: string) => void)[] = []
  const cancels = {
    onCancel: (listener: (name: string) => void) => void listeners.push(listener),
    announce: async (name: string) => listeners.forEach((listener) => listener(name)),
  }
  return Array.from({ length: count }, () => runningCalls(cancels))
}

const call = { userId: 'usr_1', session: 'one', id: 1 }

test('a cancellation reaches the gateway that has the call, wherever it comes in', async () => {
  const [here, there] = replicas(2)
  const stopped: string[] = []
  here?.begin(call, () => stopped.push('here'))
  await there?.cancel(call)

  expect(stopped[0]).toBe('here')
})

test.each([
  { what: 'another user', other: { ...call, userId: 'usr_2' } },
  { what: 'another session', other: { ...call, session: 'two' } },
  { what: 'another call', other: { ...call, id: 2 } },
  { what: 'an id that only looks the same', other: { ...call, id: '1' } },
])('$what cancels nothing', async ({ other }) => {
  const [calls] = replicas(1)
  const stopped: string[] = []
  calls?.begin(call, () => stopped.push('stopped'))
  await calls?.cancel(other)

  expect(stopped).toEqual([])
})

test('a call that is over is not stopped, and its twin still is', async () => {
  const [calls] = replicas(1)
  const stopped: string[] = []
  const end = calls?.begin(call, () => stopped.push('first'))
  calls?.begin(call, () => stopped.push('second'))
  end?.()
  await calls?.cancel(call)

  expect(new Set(stopped)).toEqual(new Set(['second']))
})
