import { randomBytes } from 'node:crypto'
import type { ApiKey, ApiKeyCreated, CreateApiKey } from '@concord/contracts/identity'
import { apiKeyScopes } from '@concord/contracts/identity'
import { AppError, invalidField } from '@concord/service-kit/errors'
import { newId } from '@concord/service-kit/ids'
import type { ApiKeyRow, Deps, Transaction } from '../ports.ts'
import { hashToken } from '../sessions/open-session.ts'

/** A key is shown in this answer and never again. */
export async function createApiKey(
  deps: Pick<Deps, 'now' | 'settings'>,
  tx: Transaction,
  userId: string,
  request: CreateApiKey,
): Promise<ApiKeyCreated> {
  const expiresAt = request.expires_at === undefined ? null : new Date(request.expires_at)
  if (expiresAt && expiresAt <= deps.now()) throw invalidField('#/expires_at', 'expected a moment to come')
  await tx.accounts.lock(userId)
  if ((await tx.apiKeys.count(userId)) >= deps.settings.apiKeysPerUser) {
    throw new AppError('unprocessable', `an account may hold ${deps.settings.apiKeysPerUser} API keys`)
  }
  const key = `ck_${randomBytes(32).toString('base64url')}`
  const scopes = [...new Set(request.scopes ?? apiKeyScopes)]
  const row = await tx.apiKeys.insert({
    id: newId('key'),
    userId,
    name: request.name,
    prefix: key.slice(0, 9),
    hash: hashToken(key),
    scopes,
    expiresAt,
  })
  return { ...toApiKey(row), key }
}

export function toApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt?.toISOString() ?? null,
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
  }
}
