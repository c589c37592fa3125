import { createHash, timingSafeEqual } from 'node:crypto'
import type { ServiceToken } from '@concord/contracts/identity'
import { AppError } from '@concord/service-kit/errors'
import type { Deps } from '../ports.ts'

const ttlS = 600

/** Client credentials (RFC 6749 §4.4) for the mesh's own services. */
export async function issueServiceToken(
  { signer, settings }: Pick<Deps, 'signer' | 'settings'>,
  { clientId, clientSecret }: { clientId: string; clientSecret: string },
): Promise<ServiceToken> {
  const expected = settings.serviceClients.get(clientId)
  const correct = timingSafeEqual(digest(clientSecret), digest(expected ?? ''))
  if (!correct || expected === undefined)
    throw new AppError('unauthenticated', 'the client is unknown or its secret is wrong')
  const claims = { sub: `svc_${clientId}`, client_id: clientId, kind: 'service', scope: 'internal' } as const
  return { access_token: await signer.sign(claims, ttlS), token_type: 'Bearer', expires_in: ttlS, scope: 'internal' }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
