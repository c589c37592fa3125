import { defineEvent } from '@concord/contracts/envelope'
import { openDatabase } from '@concord/database/database'
import { engines } from '@concord/testing/engines'
import { patiently } from '@concord/testing/patience'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { silent } from '../test/builders.ts'
import { countEffects, createServiceTables, outbox } from '../test/service-tables.ts'
import { busMigrations, inProcessBus } from './in-process.ts'
import { enqueue } from './outbox.ts'
import { rabbitMqBus } from './rabbitmq.ts'

const program = fileURLToPath(new URL('../test/killed-service.ts', import.meta.url))
const definition = defineEvent('kill.counted.v1', z.object({ n: z.int() }))
const events = 500
const kills = 6
const [embedded, real] = engines
const cases = [
  { bus: 'RabbitMQ', kind: real, broker: true },
  { bus: 'the in-process bus', kind: embedded, broker: false },
]

test.each(cases)('a service on $bus, killed at random moments, applies every event once', async ({ kind, broker }) => {
  const engine = await kind.open({ migrations: [busMigrations] })
  const database = openDatabase({ url: engine.databaseUrl, applicationName: 'tests' })
  const rabbitMqUrl = broker ? (engine.rabbitMqUrl ?? '') : ''
  let service: ChildProcess | undefined
  onTestFinished(async () => {
    service?.kill('SIGKILL')
    await database.close()
    await engine.close()
  })
  await createServiceTables(database.db)
  await database.db.transaction(async (tx) => {
    for (let n = 0; n < events; n += 1) await enqueue(tx, outbox, definition, { correlation_id: 'c', data: { n } })
  })

  for (let kill = 0; kill < kills; kill += 1) {
    service = await start(engine.databaseUrl, rabbitMqUrl)
    await sleep(Math.random() * 250)
    service.kill('SIGKILL')
    await once(service, 'exit')
  }
  service = await start(engine.databaseUrl, rabbitMqUrl)

  await expect.poll(() => countEffects(database.db), patiently).toEqual({ applied: events, most: 1 })
  const bus = broker ? rabbitMqBus({ url: rabbitMqUrl, logger: silent }) : inProcessBus({ database, logger: silent })
  expect(await bus.deadLetters.list()).toEqual([])
  await bus.close()
})

async function start(databaseUrl: string, rabbitMqUrl: string): Promise<ChildProcess> {
  const options = ['--conditions=@concord/source', program, databaseUrl, rabbitMqUrl]
  const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}
