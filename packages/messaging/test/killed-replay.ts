import { openDatabase } from '@concord/database/database'
import { inProcessBus } from '../src/in-process.ts'
import { openConnection } from '../src/rabbitmq-connection.ts'
import { rabbitMqDeadLetters } from '../src/rabbitmq-dead-letters.ts'
import { createPublisher } from '../src/rabbitmq-publisher.ts'
import { namesOf } from '../src/rabbitmq-topology.ts'
import { silent } from './builders.ts'

/** Replays all dead letters, and dies in the middle: on the broker after its confirm and before the acknowledgement. */
const [databaseUrl = '', rabbitMqUrl = ''] = process.argv.slice(2)

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  throw new Error('killed')
}

if (rabbitMqUrl) {
  const connection = openConnection({ url: rabbitMqUrl, name: 'killed', logger: silent, setup: async () => {} })
  const publisher = createPublisher({ connection, timeoutMs: 10_000 })
  const dying = { send: (letters: Parameters<typeof publisher.send>[0]) => publisher.send(letters).then(die) }
  await rabbitMqDeadLetters({ connection, publisher: dying, names: namesOf('concord') }).replay({})
} else {
  const database = openDatabase({ url: databaseUrl, applicationName: 'killed' })
  await database.ping()
  void inProcessBus({ database, logger: silent }).deadLetters.replay({})
  setImmediate(() => setImmediate(die))
}
