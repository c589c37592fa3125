import { openDatabase } from '@concord/database/database'
import { defineEvent } from '@concord/contracts/envelope'
import { z } from 'zod'
import { inProcessBus } from '../src/in-process.ts'
import { once } from '../src/inbox.ts'
import { startRelay } from '../src/outbox.ts'
import { rabbitMqBus } from '../src/rabbitmq.ts'
import { on } from '../src/subscribe.ts'
import { silent } from './builders.ts'
import { applyEffect, inbox, outbox } from './service-tables.ts'

/** A service for tests to kill: relays its outbox and applies each event's effect, a little slowly. */
const [databaseUrl = '', rabbitMqUrl = ''] = process.argv.slice(2)
const definition = defineEvent('kill.counted.v1', z.object({ n: z.int() }))
const database = openDatabase({ url: databaseUrl, applicationName: 'killed' })
const bus = rabbitMqUrl
  ? rabbitMqBus({ url: rabbitMqUrl, logger: silent })
  : inProcessBus({ database, logger: silent, leaseMs: 600_000 })
const count = once<z.output<typeof definition.schema>>({ database, inbox, handler: 'count' }, async (tx, { data }) => {
  await applyEffect(tx, data.n)
  await new Promise((resolve) => setTimeout(resolve, 20))
})
const subscriptions = [on(definition, { handler: 'killed.kill.counted.v1', concurrency: 4 }, count)]

await bus.declare('killed', subscriptions)
await bus.consume('killed', subscriptions)
startRelay({ database, outbox, bus, logger: silent, pollMs: 50, batchSize: 20 })
process.stdout.write('ready\n')
