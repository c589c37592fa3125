import { openDatabase } from '@concord/database/database'
import type { Database } from '@concord/database/database'
import { engines } from '@concord/testing/engines'
import type { Engine } from '@concord/testing/engines'
import { patiently } from '@concord/testing/patience'
import { eq, sql } from '@concord/database/sql'
import { spawn } from 'node:child_process'
import { once as nextEvent } from 'node:events'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { aGate, aMessage, aSubscription, aType, silent } from '../test/builders.ts'
import type { Bus, Delivery, Subscription } from './bus.ts'
import { maxUnsettledDeliveries } from './bus.ts'
import { busMigrations, inProcessBus } from './in-process.ts'
import type { InProcessBusOptions } from './in-process.ts'
import { deliveries } from './schema.ts'

const never = 3_600_000

describe.each(engines)('the in-process bus on the $name database', ({ open }) => {
  let engine: Engine
  let database: Database
  const buses: Bus[] = []

  beforeAll(async () => {
    engine = await open({ migrations: [busMigrations] })
    database = openDatabase({ url: engine.databaseUrl, applicationName: 'tests' })
  })
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()))
  })
  afterAll(async () => {
    await database.close()
    await engine.close()
  })

  function openBus(options: Partial<InProcessBusOptions> = {}): Bus {
    const bus = inProcessBus({ database, logger: silent, ...options })
    buses.push(bus)
    return bus
  }

  async function publishUntaken(subscription: Subscription): Promise<string> {
    const bus = openBus()
    await bus.declare(subscription.handler, [subscription])
    const message = aMessage(subscription.type)
    await bus.publish([message])
    await bus.close()
    return message.id
  }

  test('wakes its consumers at publish, whatever the poll', async () => {
    const bus = openBus({ pollMs: never })
    const type = aType()
    const seen: string[] = []
    const subscription = aSubscription(type, async ({ id }) => void seen.push(id))
    await bus.declare('tests', [subscription])
    await bus.consume('tests', [subscription])

    for (let n = 1; n <= 5; n += 1) {
      await bus.publish([aMessage(type)])
      await expect.poll(() => seen.length, patiently).toBe(n)
    }
  })

  test('takes a transaction: nothing is delivered before the commit, nothing at all after a rollback', async () => {
    const bus = openBus({ pollMs: 20 })
    const type = aType()
    const seen: string[] = []
    const subscription = aSubscription(type, async ({ id }) => void seen.push(id))
    await bus.declare('tests', [subscription])
    await bus.consume('tests', [subscription])
    const [kept, lost] = [aMessage(type), aMessage(type)]

    await expect(
      database.db.transaction(async (tx) => {
        await bus.publish([lost], { tx })
        throw new Error('rolled back')
      }),
    ).rejects.toThrow('rolled back')
    await database.db.transaction((tx) => bus.publish([kept], { tx }))
    bus.wake()

    await expect.poll(() => seen, patiently).toEqual([kept.id])
  })

  test('delivers a message once to a handler that outlives its lease many times, though two processes look', async () => {
    const type = aType()
    const [gate, started] = [aGate(), aGate()]
    let deliveriesSeen = 0
    const handle = async () => {
      deliveriesSeen += 1
      started.open()
      await gate.passed
    }
    const subscription = aSubscription(type, handle)
    const [first, second] = [openBus({ leaseMs: 150, pollMs: 20 }), openBus({ leaseMs: 150, pollMs: 20 })]
    await first.declare('tests', [subscription])
    await first.consume('tests', [subscription])
    await second.consume('tests', [subscription])
    await first.publish([aMessage(type)])
    await started.passed

    await sleep(1200)
    gate.open()

    await expect.poll(async () => (await first.depth())[subscription.handler], patiently).toBe(0)
    expect(deliveriesSeen).toBe(1)
  })

  test('a lease that runs out while the process is busy does not double the message within it', async () => {
    const type = aType()
    let deliveriesSeen = 0
    const handle = async () => {
      deliveriesSeen += 1
      await sleep(1)
      const busyUntil = performance.now() + 300
      while (performance.now() < busyUntil);
      await sleep(50)
    }
    const subscription = aSubscription(type, handle)
    const bus = openBus({ leaseMs: 100, pollMs: 5 })
    await bus.declare('tests', [subscription])
    await bus.consume('tests', [subscription])

    await bus.publish([aMessage(type)])

    await expect.poll(async () => (await bus.depth())[subscription.handler], patiently).toBe(0)
    expect(deliveriesSeen).toBe(1)
  })

  test('aborts a handler that has lost its lease, and leaves the message to the new holder', async () => {
    const type = aType()
    const started = aGate()
    const aborted = Promise.withResolvers<unknown>()
    const handle = async ({ signal }: Delivery) => {
      started.open()
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      aborted.resolve(signal.reason)
    }
    const subscription = aSubscription(type, handle)
    const bus = openBus({ leaseMs: 150, pollMs: never })
    await bus.declare('tests', [subscription])
    await bus.consume('tests', [subscription])
    await bus.publish([aMessage(type)])
    await started.passed

    await database.db.update(deliveries).set({ leased_by: 'elsewhere:1:x' }).where(eq(deliveries.type, type))

    expect(await aborted.promise).toMatchObject({ message: 'the lease was lost' })
    expect((await bus.depth())[subscription.handler]).toBe(1)
  })

  test('takes up at once what a killed process had leased', async () => {
    const type = aType()
    const seen: string[] = []
    const subscription = aSubscription(type, async ({ id }) => void seen.push(id))
    const id = await publishUntaken(subscription)
    const killed = spawn('sleep', ['600'])
    const owner = `${hostname()}:${killed.pid}:x`
    const leased = { leased_by: owner, ready_at: sql`now() + interval '1 hour'` }
    await database.db.update(deliveries).set(leased).where(eq(deliveries.type, type))
    const observer = openBus({ pollMs: 20 })
    const early = await observer.consume('tests', [subscription])
    await sleep(100)
    expect(seen).toEqual([])
    await early.close()

    killed.kill('SIGKILL')
    await nextEvent(killed, 'exit')
    await openBus({ pollMs: never }).consume('tests', [subscription])

    await expect.poll(() => seen, patiently).toEqual([id])
  })

  test('a message that 30 killed processes held is healthy; one that a hundred held is a dead letter', async () => {
    const [healthyType, poisonType] = [aType(), aType()]
    const seen: string[] = []
    const healthy = aSubscription(healthyType, async ({ id }) => void seen.push(id))
    const poison = aSubscription(poisonType, async ({ id }) => void seen.push(id))
    const healthyId = await publishUntaken(healthy)
    const poisonId = await publishUntaken(poison)
    await database.db.update(deliveries).set({ unsettled: 30 }).where(eq(deliveries.type, healthyType))
    await database.db
      .update(deliveries)
      .set({ unsettled: maxUnsettledDeliveries })
      .where(eq(deliveries.type, poisonType))

    const bus = openBus()
    await bus.consume('tests', [healthy, poison])

    const { handler } = poison
    await expect.poll(() => bus.deadLetters.list({ handler }), patiently).toMatchObject([{ id: poisonId }])
    await expect.poll(() => seen, patiently).toEqual([healthyId])
  })

  test('a handler that its service no longer has gets nothing more, and what waited for it is a dead letter', async () => {
    const type = aType()
    const [gone, kept] = [aSubscription(type, async () => {}), aSubscription(type, async () => {})]
    const bus = openBus()
    const service = type
    await bus.declare(service, [gone, kept])
    await bus.publish([aMessage(type)])

    await bus.declare(service, [kept])
    await bus.publish([aMessage(type)])

    const { handler } = gone
    expect(await bus.deadLetters.list({ handler })).toMatchObject([{ reason: 'the handler is no longer subscribed' }])
    expect((await bus.depth())[kept.handler]).toBe(2)
  })

  test('recovers from a database that was away', async () => {
    const type = aType()
    const seen: string[] = []
    let down = false
    const subscription = aSubscription(type, async ({ id }) => void seen.push(id))
    const db = new Proxy(database.db, {
      get(target, name, receiver) {
        if (down && name !== 'transaction') throw new Error('the database is away')
        const value: unknown = Reflect.get(target, name, receiver)
        return value
      },
    })
    const bus = openBus({ database: { ...database, db }, pollMs: 20 })
    await bus.declare('tests', [subscription])
    await bus.consume('tests', [subscription])
    down = true
    await expect(bus.publish([aMessage(type)])).rejects.toThrow('away')
    await sleep(60)

    down = false
    const message = aMessage(type)
    await bus.publish([message])

    await expect.poll(() => seen, patiently).toEqual([message.id])
  })
})
