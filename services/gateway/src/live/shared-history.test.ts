import { expect, test } from 'vitest'
import type { Stretch } from '../ports.ts'
import { sharedHistory } from './shared-history.ts'

/** A history that answers when it is told to, with the number of the reading as `lastSeq`. */
function scene() {
  const open: { of: string; answer: PromiseWithResolvers<Stretch | undefined> }[] = []
  const history = sharedHistory({
    after: ({ userId, queryId }, seq) => {
      const answer = Promise.withResolvers<Stretch | undefined>()
      open.push({ of: `${userId} ${queryId} ${seq}`, answer })
      return answer.promise
    },
  })
  const ask = (userId = 'usr_1', queryId = 'qry_1', seq = 0) => history.after({ userId, queryId }, seq)
  const answer = async (index: number) => {
    open[index]?.answer.resolve({ ended: false, lastSeq: index, events: [] })
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { open, ask, answer }
}

test('a hundred who ask at once cost two readings, and none shares one that began before it asked', async () => {
  const { open, ask, answer } = scene()
  const all = Array.from({ length: 100 }, () => ask())
  await answer(0)
  await answer(1)

  const read = await Promise.all(all)

  expect(open).toHaveLength(2)
  expect(read.map((stretch) => stretch?.lastSeq)).toEqual([0, ...Array.from({ length: 99 }, () => 1)])
})

test('who asks after a reading has ended gets a new one', async () => {
  const { ask, answer } = scene()
  const first = ask()
  await answer(0)
  const second = ask()
  await answer(1)

  expect([(await first)?.lastSeq, (await second)?.lastSeq]).toEqual([0, 1])
})

test('shares nothing between users, queries or places', () => {
  const { open, ask } = scene()
  void ask()
  void ask('usr_2')
  void ask('usr_1', 'qry_2')
  void ask('usr_1', 'qry_1', 7)

  expect(open.map(({ of }) => of)).toEqual(['usr_1 qry_1 0', 'usr_2 qry_1 0', 'usr_1 qry_2 0', 'usr_1 qry_1 7'])
})

test('a reading that fails fails those who share it, and the next is tried', async () => {
  const { open, ask, answer } = scene()
  const first = ask()
  const second = ask()
  open[0]?.answer.reject(new Error('down'))
  await expect(first).rejects.toThrow('down')
  await answer(1)

  expect((await second)?.lastSeq).toBe(1)
})
