import { openDatabase } from '@concord/database/database'
import type { Database } from '@concord/database/database'
import { engines } from '@concord/testing/engines'
import type { Engine } from '@concord/testing/engines'
import { patiently } from '@concord/testing/patience'
import { sql } from '@concord/database/sql'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { anEvent, silent } from '../test/builders.ts'
import { startProxy } from '../test/proxy.ts'
import { applyEffect, countEffects, createServiceTables, inbox, outbox } from '../test/service-tables.ts'
import type { Bus, Consumption } from './bus.ts'
import { busMigrations, inProcessBus } from './in-process.ts'
import { once } from './inbox.ts'
import { enqueue, startRelay } from './outbox.ts'
import { rabbitMqBus } from './rabbitmq.ts'
import { on } from './subscribe.ts'

const events = 2000
const faultsForMs = 4000
const definition = anEvent()
const [embedded, real] = engines

/** Closed in reverse order. */
const resources: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of resources.splice(0).toReversed()) await close()
})

test('RabbitMQ: 2,000 events have their effects once while connections to broker and database are cut', async () => {
  const engine = await openEngine(real)
  const proxy = await startProxy(engine.rabbitMqUrl ?? '')
  resources.push(() => proxy.close())
  const open = () => rabbitMqBus({ url: proxy.url, logger: silent, retryStepsMs: [50] })

  const left = await withstand(engine, [open(), open()], async (database) => {
    if (Math.random() < 0.5) proxy.cut()
    else await endSessions(database)
  })

  expect(left).toEqual({ unpublished: 0, dead: 0 })
})

test('in process on PostgreSQL: 2,000 events have their effects once while database sessions are ended', async () => {
  const engine = await openEngine(real)
  const database = open(engine, 'faults-bus')
  const openBus = () => inProcessBus({ database, logger: silent, pollMs: 50, leaseMs: 1500 })

  const left = await withstand(engine, [openBus(), openBus()], endSessions)

  expect(left).toEqual({ unpublished: 0, dead: 0 })
})

test('in process on the embedded database: 2,000 events have their effects once while consumers come and go', async () => {
  const engine = await openEngine(embedded)
  const database = open(engine, 'faults-bus')
  const openBus = () => inProcessBus({ database, logger: silent, pollMs: 50, leaseMs: 1500, graceMs: 5 })

  const left = await withstand(engine, [openBus(), openBus()], async () => {})

  expect(left).toEqual({ unpublished: 0, dead: 0 })
})

/** Two relays and two consumers that fail, stop and start again at random, under `fault` every 200 ms or so. */
async function withstand(
  engine: Engine,
  buses: readonly Bus[],
  fault: (calm: Database) => Promise<void>,
): Promise<{ unpublished: number; dead: number }> {
  const calm = open(engine, 'calm')
  const shaken = open(engine, 'faults-service')
  resources.push(...buses.map((bus) => () => bus.close()))
  await createServiceTables(calm.db)
  const [first, second] = buses
  if (!first || !second) throw new Error('two buses are needed')
  await eventually(() => first.declare('faults', [subscriptionOn(shaken)]))
  const consumptions = await Promise.all(buses.map((bus) => bus.consume('faults', [subscriptionOn(shaken)])))
  for (const bus of buses) {
    const relay = startRelay({ database: shaken, outbox, bus, logger: silent, pollMs: 20, batchSize: 50 })
    resources.push(() => relay.close())
  }

  const shaking = shake(calm, { buses, consumptions, shaken, fault })
  for (let n = 0; n < events; n += 100) {
    await calm.db.transaction(async (tx) => {
      for (let at = n; at < n + 100; at += 1)
        await enqueue(tx, outbox, definition, { correlation_id: 'c', data: { n: at } })
    })
    await sleep(50)
  }
  await shaking

  await expect.poll(() => countEffects(calm.db), patiently).toEqual({ applied: events, most: 1 })
  return { unpublished: await calm.db.$count(outbox), dead: await first.deadLetters.count() }
}

type Flow = {
  buses: readonly Bus[]
  consumptions: Consumption[]
  shaken: Database
  fault: (calm: Database) => Promise<void>
}

async function shake(calm: Database, { buses, consumptions, shaken, fault }: Flow): Promise<void> {
  const until = performance.now() + faultsForMs
  while (performance.now() < until) {
    await sleep(100 + Math.random() * 200)
    await fault(calm)
    if (Math.random() < 0.3) {
      const which = Math.random() < 0.5 ? 0 : 1
      await consumptions[which]?.close()
      const again = await eventually(() => buses[which]?.consume('faults', [subscriptionOn(shaken)]))
      if (again) consumptions[which] = again
    }
  }
}

function subscriptionOn(database: Database) {
  const handle = once<ReturnType<typeof definition.schema.parse>>(
    { database, inbox, handler: 'faults' },
    async (tx, event) => {
      await applyEffect(tx, event.data.n)
      if (Math.random() < 0.02) throw new Error('the handler failed after its effect')
    },
  )
  const retry = { attempts: 100, delaysMs: [20] }
  return on(definition, { handler: 'faults.counted', concurrency: 8, retry }, handle)
}

async function endSessions(calm: Database): Promise<void> {
  await calm.db.execute(sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name like 'faults%' and datname = current_database() and random() < 0.5`)
}

async function eventually<T>(work: () => Promise<T> | undefined): Promise<T | undefined> {
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      return await work()
    } catch {
      await sleep(50)
    }
  }
  return work()
}

async function openEngine(kind: (typeof engines)[number]): Promise<Engine> {
  const engine = await kind.open({ migrations: [busMigrations] })
  resources.push(() => engine.close())
  return engine
}

function open(engine: Engine, applicationName: string): Database {
  const database = openDatabase({ url: engine.databaseUrl, applicationName, logger: silent })
  resources.push(() => database.close())
  return database
}
