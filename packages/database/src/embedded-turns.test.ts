import { expect, test } from 'vitest'
import { EngineTurns } from './embedded-turns.ts'
import type { Engine, Turn } from './embedded-turns.ts'

/** An engine that notes what it ran: `begin` opens a transaction, `commit` and a rollback end it, `break` breaks it. */
function notingEngine() {
  const ran: string[] = []
  let open = false
  const engine: Engine = {
    run: async (bytes) => {
      const text = Buffer.from(bytes).toString()
      ran.push(text.includes('rollback') ? 'rollback' : text)
      if (text === 'break') throw new Error('out of memory')
      if (text === 'begin') open = true
      if (text === 'commit' || text.includes('rollback')) open = false
    },
    inTransaction: () => open,
  }
  const turn = (text: string): Turn => ({ ends: true, run: (answer) => engine.run(Buffer.from(text), answer) })
  return { engine, ran, turn }
}

const silent = { answer: () => {}, pending: () => {}, expel: () => {} }
const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

test('keeps others out of a transaction until it ends', async () => {
  const { engine, ran, turn } = notingEngine()
  const shared = new EngineTurns({ engine, idleTransactionMs: 10_000, onFailure: () => {} })
  const [one, two] = [shared.join(silent), shared.join(silent)]

  shared.enqueue(one, turn('begin'))
  shared.enqueue(two, turn('other'))
  await quiet()
  shared.enqueue(one, turn('work'))
  shared.enqueue(one, turn('commit'))
  await quiet()

  expect(ran).toEqual(['begin', 'work', 'commit', 'other'])
})

test('rolls back and goes on when the owner of a transaction leaves', async () => {
  const { engine, ran, turn } = notingEngine()
  const shared = new EngineTurns({ engine, idleTransactionMs: 10_000, onFailure: () => {} })
  const [one, two] = [shared.join(silent), shared.join(silent)]

  shared.enqueue(one, turn('begin'))
  shared.enqueue(two, turn('other'))
  await quiet()
  shared.leave(one)
  await quiet()

  expect(ran).toEqual(['begin', 'rollback', 'other'])
})

test('expels who leaves a transaction open and idle', async () => {
  const { engine, ran, turn } = notingEngine()
  const expelled: string[] = []
  const shared = new EngineTurns({ engine, idleTransactionMs: 5, onFailure: () => {} })
  const forgetful = shared.join({ ...silent, expel: (code) => void expelled.push(code) })

  shared.enqueue(forgetful, turn('begin'))
  shared.enqueue(shared.join(silent), turn('other'))
  await expect.poll(() => ran).toEqual(['begin', 'rollback', 'other'])

  expect(expelled).toEqual(['25P03'])
})

test('runs nothing on an engine that broke, and says so', async () => {
  const { engine, ran, turn } = notingEngine()
  const failures: unknown[] = []
  const shared = new EngineTurns({ engine, idleTransactionMs: 10_000, onFailure: (error) => failures.push(error) })

  shared.enqueue(shared.join(silent), turn('break'))
  shared.enqueue(shared.join(silent), turn('other'))
  await quiet()

  expect(ran).toEqual(['break'])
  expect(failures).toHaveLength(1)
})
