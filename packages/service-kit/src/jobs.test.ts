import { expect, test } from 'vitest'
import { startJobs } from './jobs.ts'
import { createLogger } from './logging.ts'

test('a job runs again after a failure, and closing ends the run under way', async () => {
  let runs = 0
  const underWay = Promise.withResolvers<void>()
  const jobs = startJobs(
    [
      {
        name: 'sweep',
        everyMs: 1,
        run: async (signal) => {
          runs += 1
          if (runs < 3) throw new Error('not yet')
          underWay.resolve()
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
        },
      },
    ],
    createLogger('test', 'silent'),
  )
  await underWay.promise
  await jobs.close()

  expect(runs).toBe(3)
})
