import { sessionRevoked } from '@concord/contracts/events'
import type { Deps, Transaction } from '../ports.ts'

/** Ends a session for good: its refresh family here, its open sockets by the event; its access tokens by the board after commit. */
export async function endSession(
  { now, settings }: Pick<Deps, 'now' | 'settings'>,
  tx: Transaction,
  { userId, sessionId }: { userId: string; sessionId: string },
): Promise<void> {
  const alive = await tx.sessions.revoke(sessionId, now())
  if (!alive) return
  const until = new Date(now().getTime() + settings.accessTtlS * 1_000).toISOString()
  await tx.publish(sessionRevoked, { correlation_id: userId, data: { user_id: userId, sid: sessionId, until } })
}
