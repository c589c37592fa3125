import { createHash, randomBytes } from 'node:crypto'
import type { Tokens } from '@concord/contracts/identity'
import { newId } from '@concord/service-kit/ids'
import type { Account, Deps, Transaction } from '../ports.ts'

export type SessionDeps = Pick<Deps, 'now' | 'settings' | 'signer'>

/** A new session with its first pair of tokens. */
export async function openSession(deps: SessionDeps, tx: Transaction, account: Account): Promise<Tokens> {
  const session = { id: newId('ses'), userId: account.id, expiresAt: refreshExpiry(deps) }
  await tx.sessions.insert(session)
  return issueTokens(deps, tx, account, session.id)
}

/** The next pair of tokens of a session. Only the refresh token's hash is kept. */
export async function issueTokens(
  deps: SessionDeps,
  tx: Transaction,
  account: Account,
  sessionId: string,
): Promise<Tokens> {
  const refreshToken = `rt_${randomBytes(32).toString('base64url')}`
  await tx.sessions.addRefreshToken({ hash: hashToken(refreshToken), sessionId, expiresAt: refreshExpiry(deps) })
  const { accessTtlS } = deps.settings
  const { id: sub, role, plan, companyId: company_id } = account
  const claims = {
    sub,
    client_id: 'concord-first-party',
    kind: 'user',
    sid: sessionId,
    role,
    plan,
    company_id,
  } as const
  return {
    access_token: await deps.signer.sign(claims, accessTtlS),
    refresh_token: refreshToken,
    token_type: 'Bearer',
    expires_in: accessTtlS,
  }
}

/** High-entropy tokens need no slow hash. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

function refreshExpiry({ now, settings }: SessionDeps): Date {
  return new Date(now().getTime() + settings.refreshTtlS * 1_000)
}
