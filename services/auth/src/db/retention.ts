import { idempotencyRetention } from '@concord/service-kit/idempotency'
import { dayMs } from '@concord/service-kit/retention'
import type { RetentionRule } from '@concord/service-kit/retention'
import { isSpent } from '../adapters/postgres-signing-keys.ts'
import { apiKeys, idempotencyKeys, sessions, signingKeys } from './schema.ts'

const revokedKeyDays = 30

/** What auth keeps for a while only. Accounts stay until they are erased; the marks of those that were, for good. */
export function retentionRules(): readonly RetentionRule[] {
  return [
    // With the refresh tokens of the session.
    { table: sessions, age: sessions.expiresAt, keepMs: 0 },
    { table: apiKeys, age: apiKeys.revokedAt, keepMs: revokedKeyDays * dayMs },
    { table: signingKeys, age: signingKeys.createdAt, keepMs: 0, only: isSpent },
    idempotencyRetention(idempotencyKeys),
  ]
}
