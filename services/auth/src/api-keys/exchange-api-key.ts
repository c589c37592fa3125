import type { ExchangedToken } from '@concord/contracts/identity'
import { AppError } from '@concord/service-kit/errors'
import type { Deps } from '../ports.ts'
import { hashToken } from '../sessions/open-session.ts'

const ttlS = 60
const touchEveryMs = 60_000

/** An access token of 60 s for the key's owner, narrowed to the key's scopes; its `sid` is the key's id, so that revoking the key ends it. */
export async function exchangeApiKey(
  deps: Pick<Deps, 'inTransaction' | 'signer' | 'now'>,
  key: string,
): Promise<ExchangedToken> {
  const now = deps.now()
  const found = await deps.inTransaction(async (tx) => {
    const row = await tx.apiKeys.byHash(hashToken(key))
    if (!row || (row.expiresAt && row.expiresAt <= now)) return undefined
    const account = await tx.accounts.byId(row.userId)
    if (now.getTime() - (row.lastUsedAt?.getTime() ?? 0) > touchEveryMs) await tx.apiKeys.touch(row.id, now)
    return account && { row, account }
  })
  if (!found) throw new AppError('unauthenticated', 'the API key is unknown, revoked or expired')
  const { row, account } = found
  const { id: sub, role, plan, companyId: company_id } = account
  const claims = {
    sub,
    client_id: 'api-key',
    kind: 'user',
    sid: row.id,
    scope: row.scopes.join(' '),
    role,
    plan,
    company_id,
  } as const
  return { access_token: await deps.signer.sign(claims, ttlS), expires_in: ttlS }
}
