import { openDatabase } from '@concord/database/database'
import type { Database } from '@concord/database/database'
import { engines } from '@concord/testing/engines'
import type { Engine } from '@concord/testing/engines'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aMessage, anEvent } from '../test/builders.ts'
import { applyEffect, countEffects, createServiceTables, effects, inbox } from '../test/service-tables.ts'
import { once } from './inbox.ts'

const definition = anEvent()
const delivery = { ...aMessage(definition.type), attempt: 1, signal: new AbortController().signal }

describe.each(engines)('the inbox on the $name database', ({ open }) => {
  let engine: Engine
  let database: Database

  beforeAll(async () => {
    engine = await open({ migrations: [] })
    database = openDatabase({ url: engine.databaseUrl, applicationName: 'tests' })
    await createServiceTables(database.db)
  })
  beforeEach(async () => {
    await database.db.delete(effects)
    await database.db.delete(inbox)
  })
  afterAll(async () => {
    await database.close()
    await engine.close()
  })

  function counting(handler: string) {
    return once<CountedEvent>({ database, inbox, handler }, (tx, event) => applyEffect(tx, event.data.n))
  }

  test('applies the effect once when the same event is delivered many times at once', async () => {
    const handle = counting('first')

    await Promise.all(Array.from({ length: 10 }, () => handle(event(), delivery)))

    expect(await countEffects(database.db)).toEqual({ applied: 1, most: 1 })
  })

  test('applies it once for each handler', async () => {
    await counting('first')(event(), delivery)
    await counting('second')(event(), delivery)

    expect(await countEffects(database.db)).toEqual({ applied: 1, most: 2 })
  })

  test('claims nothing when the effect fails, so that the next delivery applies it', async () => {
    const failing = once<CountedEvent>({ database, inbox, handler: 'first' }, async (tx, { data }) => {
      await applyEffect(tx, data.n)
      throw new Error('the effect failed')
    })

    await expect(failing(event(), delivery)).rejects.toThrow('the effect failed')
    await counting('first')(event(), delivery)

    expect(await countEffects(database.db)).toEqual({ applied: 1, most: 1 })
  })
})

type CountedEvent = ReturnType<typeof event>

function event() {
  return definition.schema.parse(delivery.body)
}
