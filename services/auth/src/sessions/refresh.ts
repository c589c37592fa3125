import type { Tokens } from '@concord/contracts/identity'
import { unauthenticated } from '@concord/service-kit/token'
import type { Deps, Transaction } from '../ports.ts'
import { endSession } from './end-session.ts'
import { hashToken, issueTokens } from './open-session.ts'

type Outcome =
  | { kind: 'renewed'; tokens: Tokens }
  | { kind: 'unknown' }
  | { kind: 'just-used' }
  | { kind: 'reused'; sessionId: string }

/**
 * Rotation with reuse detection (RFC 9700 §4.14): a token works once. Within the grace after its use it is refused without
 * harm, since two tabs may race; later its reuse means theft and ends the session.
 */
export async function refresh(deps: Deps, refreshToken: string): Promise<Tokens> {
  const outcome = await deps.inTransaction((tx) => rotate(deps, tx, hashToken(refreshToken)))
  switch (outcome.kind) {
    case 'renewed':
      return outcome.tokens
    case 'just-used':
      throw unauthenticated('the refresh token has just been used')
    case 'reused':
      await deps.board.denySession(outcome.sessionId, new Date(deps.now().getTime() + deps.settings.accessTtlS * 1_000))
      throw unauthenticated('the refresh token was used before; its session has ended')
    case 'unknown':
      throw unauthenticated('the refresh token is invalid or has expired')
  }
}

async function rotate(deps: Deps, tx: Transaction, hash: string): Promise<Outcome> {
  const now = deps.now()
  const won = await tx.sessions.useRefreshToken(hash, now)
  const found = await tx.sessions.findRefreshToken(hash)
  if (!found || found.expiresAt <= now || found.session.revokedAt || found.session.expiresAt <= now)
    return { kind: 'unknown' }
  if (!won) {
    const age = now.getTime() - (found.usedAt?.getTime() ?? 0)
    if (age <= deps.settings.refreshGraceS * 1_000) return { kind: 'just-used' }
    await endSession(deps, tx, { userId: found.session.userId, sessionId: found.session.id })
    return { kind: 'reused', sessionId: found.session.id }
  }
  const account = await tx.accounts.byId(found.session.userId)
  if (!account) return { kind: 'unknown' }
  return { kind: 'renewed', tokens: await issueTokens(deps, tx, account, found.session.id) }
}
