import { engines } from '@concord/testing/engines'
import type { Engine } from '@concord/testing/engines'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { openDatabase } from './database.ts'
import type { Database } from './database.ts'
import { sharedClock } from './shared-clock.ts'

const hourMs = 3_600_000
const nearly = 5_000

describe.each(engines)('the time of day by the $name database', ({ open }) => {
  let engine: Engine
  let database: Database
  beforeAll(async () => {
    engine = await open({ migrations: [] })
    database = openDatabase({ url: engine.databaseUrl, applicationName: 'clock' })
  })
  afterEach(() => vi.useRealTimers())
  afterAll(async () => {
    await database.close()
    await engine.close()
  })

  test.each([hourMs, -hourMs])('does not move when this machine’s clock steps by %i ms', async (stepMs) => {
    const clock = sharedClock(database)
    await clock.started
    const before = clock.now().getTime()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + stepMs })

    expect(Math.abs(clock.now().getTime() - before)).toBeLessThan(nearly)
    clock.close()
  })

  test('is right from the start where this machine’s clock is wrong', async () => {
    const really = Date.now()
    vi.useFakeTimers({ toFake: ['Date'], now: really + hourMs })
    const clock = sharedClock(database)
    await clock.started

    expect(Math.abs(clock.now().getTime() - really)).toBeLessThan(nearly)
    clock.close()
  })
})

test('goes on without a database, from this machine’s own time', async () => {
  const database = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', applicationName: 'clock' })
  const clock = sharedClock(database)
  await clock.started

  expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(nearly)
  clock.close()
  await database.close()
})
