import { defineEvent } from '@concord/contracts/envelope'
import { openDatabase } from '@concord/database/database'
import type { Database } from '@concord/database/database'
import { engines } from '@concord/testing/engines'
import type { Engine } from '@concord/testing/engines'
import { patiently } from '@concord/testing/patience'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { anEvent, silent } from '../test/builders.ts'
import { createServiceTables, outbox } from '../test/service-tables.ts'
import type { Bus, BusMessage } from './bus.ts'
import { maxBodyBytes } from './bus.ts'
import { MessageTooLargeError } from './errors.ts'
import { busMigrations } from './in-process.ts'
import { enqueue, relayOnce, startRelay } from './outbox.ts'
import type { Relay, RelayOptions } from './outbox.ts'

const definition = anEvent()

describe.each(engines)('the outbox on the $name database', ({ open }) => {
  let engine: Engine
  let database: Database
  const relays: Relay[] = []

  beforeAll(async () => {
    engine = await open({ migrations: [busMigrations] })
    database = openDatabase({ url: engine.databaseUrl, applicationName: 'tests' })
    await createServiceTables(database.db)
  })
  beforeEach(() => database.db.delete(outbox))
  afterEach(async () => {
    await Promise.all(relays.splice(0).map((relay) => relay.close()))
  })
  afterAll(async () => {
    await database.close()
    await engine.close()
  })

  function relay(options: Partial<RelayOptions> & Pick<RelayOptions, 'bus'>): Relay {
    const started = startRelay({ database, outbox, logger: silent, pollMs: 50, ...options })
    relays.push(started)
    return started
  }

  async function enqueueAll(count: number): Promise<void> {
    await database.db.transaction(async (tx) => {
      for (let n = 0; n < count; n += 1) await enqueue(tx, outbox, definition, anInput(n))
    })
  }

  test('publishes what was committed, once, as a complete event', async () => {
    const bus = aBus()
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    await database.db.transaction((tx) => enqueue(tx, outbox, definition, anInput(1), { traceparent }))

    await relayOnce(database, outbox, bus, 10)
    await relayOnce(database, outbox, bus, 10)

    const [message] = bus.published
    expect(bus.published).toHaveLength(1)
    expect(message).toMatchObject({ type: definition.type, headers: { traceparent } })
    const event = definition.schema.parse(message?.body)
    expect(event).toMatchObject({ id: message?.id, source: 'service', traceparent, data: { n: 1 } })
  })

  test('publishes nothing of a transaction that rolled back', async () => {
    const bus = aBus()
    const failing = database.db.transaction(async (tx) => {
      await enqueue(tx, outbox, definition, anInput(1))
      throw new Error('the business failed')
    })
    await expect(failing).rejects.toThrow('the business failed')

    expect(await relayOnce(database, outbox, bus, 10)).toBe(0)
  })

  test('refuses an event that breaks its contract', async () => {
    await expect(enqueue(database.db, outbox, definition, anInput(-1))).rejects.toThrow('too_small')
  })

  test('refuses an event that no bus would take', async () => {
    const wordy = defineEvent('thing.said.v1', z.object({ words: z.string() }))
    const event = { correlation_id: 'c', data: { words: 'x'.repeat(maxBodyBytes) } }

    await expect(enqueue(database.db, outbox, wordy, event)).rejects.toThrow(MessageTooLargeError)
  })

  test('keeps the events when the bus refuses them', async () => {
    const bus = aBus()
    bus.down = true
    await enqueueAll(3)

    await expect(relayOnce(database, outbox, bus, 10)).rejects.toThrow('the bus is down')
    bus.down = false

    expect(await relayOnce(database, outbox, bus, 10)).toBe(3)
  })

  test('a relay works off a backlog in order, batch by batch', async () => {
    const bus = aBus()
    await enqueueAll(25)

    relay({ bus, batchSize: 10 })

    await expect.poll(() => bus.published.length, patiently).toBe(25)
    expect(bus.published.map(numberOf)).toEqual(Array.from({ length: 25 }, (_, n) => n))
  })

  test('a nudge is followed at once, whatever the poll', async () => {
    const bus = aBus()
    const started = relay({ bus, pollMs: 3_600_000 })
    await enqueueAll(1)

    started.nudge()

    await expect.poll(() => bus.published.length, patiently).toBe(1)
  })

  test('what nobody nudged for is found by the poll', async () => {
    const bus = aBus()
    relay({ bus })

    await enqueueAll(2)

    await expect.poll(() => bus.published.length, patiently).toBe(2)
  })

  test('several relays publish everything once', async () => {
    const bus = aBus()
    await enqueueAll(300)

    for (let n = 0; n < 3; n += 1) relay({ bus, batchSize: 20 })

    await expect.poll(() => bus.published.length, patiently).toBe(300)
    await expect.poll(() => database.db.$count(outbox), patiently).toBe(0)
    expect(new Set(bus.published.map(numberOf)).size).toBe(300)
  })

  test('comes back when the bus does, and nudges do not hurry it meanwhile', async () => {
    const bus = aBus()
    bus.down = true
    await enqueueAll(2)
    const started = relay({ bus })
    await expect.poll(() => bus.refused, patiently).toBeGreaterThan(0)
    const { refused } = bus
    for (let n = 0; n < 100; n += 1) started.nudge()
    expect(bus.refused).toBe(refused)

    bus.down = false

    await expect.poll(() => bus.published.length, patiently).toBe(2)
  })

  test('tells how long the oldest event has waited', async () => {
    const bus = aBus()
    bus.down = true
    const started = relay({ bus })
    expect(await started.lag()).toBe(0)

    await enqueueAll(1)

    await expect.poll(() => started.lag(), patiently).toBeGreaterThan(0)
  })
})

type TestBus = Pick<Bus, 'publish' | 'wake' | 'ping'> & { published: BusMessage[]; refused: number; down: boolean }

/** A bus that keeps what is published, and refuses it while it is down. */
function aBus(): TestBus {
  return {
    published: [],
    refused: 0,
    down: false,
    wake() {},
    async ping() {
      if (!this.down) return
      this.refused += 1
      throw new Error('the bus is down')
    },
    async publish(messages) {
      await this.ping()
      this.published.push(...messages)
    },
  }
}

function anInput(n: number) {
  return { correlation_id: 'c', data: { n } }
}

function numberOf({ body }: BusMessage): number {
  return definition.schema.parse(body).data.n
}
