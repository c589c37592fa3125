import type { Database } from '@concord/database/database'
import { enqueue } from '@concord/messaging/outbox'
import { answerOnce } from '@concord/service-kit/idempotency'
import { currentTraceparent } from '@concord/service-kit/trace'
import { idempotencyKeys, outbox } from '../db/schema.ts'
import type { InTransaction } from '../ports.ts'
import { postgresAccounts } from './postgres-accounts.ts'
import { postgresApiKeys } from './postgres-api-keys.ts'
import { postgresSessions } from './postgres-sessions.ts'

/** `committed` is told after every commit, so that the relay need not wait for its next look. */
export function postgresTransaction(database: Database, committed: () => void): InTransaction {
  return async (work) => {
    const result = await database.db.transaction((tx) =>
      work({
        accounts: postgresAccounts(tx),
        sessions: postgresSessions(tx),
        apiKeys: postgresApiKeys(tx),
        publish: (definition, event) => enqueue(tx, outbox, definition, event, { traceparent: currentTraceparent() }),
        answerOnce: (request, effect) => answerOnce(tx, idempotencyKeys, request, effect),
      }),
    )
    committed()
    return result
  }
}
