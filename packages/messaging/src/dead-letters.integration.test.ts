import { defineEvent } from '@concord/contracts/envelope'
import { openDatabase } from '@concord/database/database'
import { engines } from '@concord/testing/engines'
import { patiently } from '@concord/testing/patience'
import { connect } from 'amqplib'
import { spawn } from 'node:child_process'
import { once as onceEmitted } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { aMessage, aSubscription, aType, silent } from '../test/builders.ts'
import { refuse, start } from '../test/dead-letters.contract.ts'
import { applyEffect, countEffects, createServiceTables, inbox } from '../test/service-tables.ts'
import { once } from './inbox.ts'
import { busMigrations, inProcessBus } from './in-process.ts'
import { rabbitMqBus } from './rabbitmq.ts'
import { on } from './subscribe.ts'

const program = fileURLToPath(new URL('../test/killed-replay.ts', import.meta.url))
const definition = defineEvent('replay.counted.v1', z.object({ n: z.int() }))
const letters = 70
const [embedded, real] = engines
const cases = [
  { bus: 'RabbitMQ', kind: real, broker: true },
  { bus: 'the in-process bus', kind: embedded, broker: false },
]

async function open({ kind, broker }: (typeof cases)[number]) {
  const engine = await kind.open({ migrations: [busMigrations] })
  const database = openDatabase({ url: engine.databaseUrl, applicationName: 'tests' })
  const rabbitMqUrl = broker ? (engine.rabbitMqUrl ?? '') : ''
  const bus = broker ? rabbitMqBus({ url: rabbitMqUrl, logger: silent }) : inProcessBus({ database, logger: silent })
  onTestFinished(async () => {
    await bus.close()
    await database.close()
    await engine.close()
  })
  return { engine, database, rabbitMqUrl, bus }
}

test.each(cases)(
  'a replay on $bus that is killed in the middle loses nothing, and has one effect each',
  async (one) => {
    const { engine, database, rabbitMqUrl, bus } = await open(one)
    await createServiceTables(database.db)
    const handler = 'tests.replay.counted.v1'
    const broken = await start(bus, { type: definition.type, handler, handle: refuse })
    await bus.publish(Array.from({ length: letters }, (_, n) => aMessage(definition.type, n)))
    await expect.poll(() => bus.deadLetters.count(), patiently).toBe(letters)
    await broken.close()

    const child = spawn(process.execPath, ['--conditions=@concord/source', program, engine.databaseUrl, rabbitMqUrl])
    const [, signal] = await onceEmitted(child, 'exit')
    expect(signal).toBe('SIGKILL')
    const left = async () => (await bus.deadLetters.count()) + ((await bus.depth())[handler] ?? 0)
    await expect.poll(left, patiently).toBeGreaterThanOrEqual(letters)

    await bus.deadLetters.replay({})
    const count = once<z.output<typeof definition.schema>>({ database, inbox, handler: 'count' }, (tx, { data }) =>
      applyEffect(tx, data.n),
    )
    await start(bus, on(definition, { handler }, count))

    await expect.poll(() => countEffects(database.db), patiently).toEqual({ applied: letters, most: 1 })
    expect(await bus.deadLetters.count()).toBe(0)
  },
)

test.each(cases)('a dead letter on $bus stays where its handler is gone', async (one) => {
  const { bus, rabbitMqUrl } = await open(one)
  const subscription = aSubscription(aType(), refuse)
  const { handler } = subscription
  const consumption = await start(bus, subscription)
  await bus.publish([aMessage(subscription.type)])
  await expect.poll(() => bus.deadLetters.count(), patiently).toBe(1)
  await consumption.close()

  await bus.declare('tests', [])
  if (one.broker) await deleteQueue(rabbitMqUrl, `concord.${handler}`)

  expect(await bus.deadLetters.replay({})).toEqual({ replayed: 0, unhandled: 1 })
  expect(await bus.deadLetters.list({ handler })).toHaveLength(1)
})

async function deleteQueue(url: string, queue: string): Promise<void> {
  const connection = await connect(url)
  const channel = await connection.createChannel()
  await channel.deleteQueue(queue)
  await connection.close()
}
