import { openDatabase } from '@concord/database/database'
import { engines } from '@concord/testing/engines'
import { describe } from 'vitest'
import { silent } from '../test/builders.ts'
import type { BusFixture } from '../test/bus.contract.ts'
import { busContract } from '../test/bus.contract.ts'
import { busMigrations, inProcessBus } from './in-process.ts'
import { inProcessState } from './in-process-state.ts'
import { rabbitMqBus } from './rabbitmq.ts'
import { rabbitMqState } from './rabbitmq-state.ts'

describe.each(engines)('the in-process bus on the $name database', ({ open }) => {
  busContract(async (): Promise<BusFixture> => {
    const engine = await open({ migrations: [busMigrations] })
    const database = openDatabase({ url: engine.databaseUrl, applicationName: 'tests' })
    return {
      openBus: (options) => inProcessBus({ database, logger: silent, pollMs: 100, ...options }),
      state: () => inProcessState(database),
      async close() {
        await database.close()
        await engine.close()
      },
    }
  })
})

describe('the RabbitMQ bus', () => {
  busContract(async (): Promise<BusFixture> => {
    const engine = await engines[1].open({ migrations: [] })
    const url = engine.rabbitMqUrl ?? ''
    const retryStepsMs = [50, 200, 500]
    return {
      openBus: (options) => rabbitMqBus({ url, logger: silent, retryStepsMs, ...options }),
      state: (handlers) => rabbitMqState({ url, handlers, retryStepsMs }),
      close: () => engine.close(),
    }
  })
})
