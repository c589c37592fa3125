import type { Db } from '@concord/database/database'
import { claimOnce } from '@concord/messaging/inbox'
import type { Vault } from '@concord/vault/vault'
import { and, eq, isNull } from '@concord/database/sql'
import { dailyUsage, idempotencyKeys, inbox, outbox, queries } from '../db/schema.ts'
import { idempotencyScope } from '../submission/idempotency-scope.ts'
import { cancelledTurns } from './messages.ts'

/** Stops what the owner has running, removes their rows and destroys their key, so that copies elsewhere are unreadable too. */
export async function eraseOwner(
  tx: Db,
  vault: Vault,
  owner: string,
  message: { id: string; handler: string },
): Promise<void> {
  if (!(await claimOnce(tx, inbox, message.handler, message.id))) return
  const running = await tx
    .select({ id: queries.id })
    .from(queries)
    .where(and(eq(queries.owner, owner), isNull(queries.completedAt)))
  if (running.length > 0) await tx.insert(outbox).values(running.map(({ id }) => cancelledTurns({ id, owner }, [])))
  await tx.delete(queries).where(eq(queries.owner, owner))
  await tx.delete(dailyUsage).where(eq(dailyUsage.owner, owner))
  await tx.delete(idempotencyKeys).where(eq(idempotencyKeys.scope, idempotencyScope(owner)))
  await vault.forget(tx, owner)
}
