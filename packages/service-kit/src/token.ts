import type { KeyValue } from '@concord/key-value/key-value'
import { Plan, Role } from '@concord/contracts/plans'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import type { JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import { AppError } from './errors.ts'
import { verifiedTokens } from './verified-tokens.ts'

export const tokenAudience = 'concord-api'

/** Who calls. A service has no plan and the role `user`; its power is its kind. */
export type Principal = {
  sub: string
  kind: 'user' | 'service'
  role: Role
  plan: Plan
  sid: string
  jti: string
  scope: readonly string[]
  companyId: string | null
  /** Seconds since 1970. */
  expiresAt: number
  /** False while the denylist has been out of reach for 30 s: then nothing may move money or grant rights. */
  revocationKnown: boolean
}

export type TokenCheck = (token: string) => Promise<Principal>

type Options = {
  issuer: string
  keyValue: KeyValue
  /** Auth's key set: its address, or for auth itself a function. */
  keys: URL | JWTVerifyGetKey
  now?: () => number
}

const Claims = z.object({
  sub: z.string().min(1),
  jti: z.string().min(1),
  sid: z.string().default(''),
  exp: z.number(),
  scope: z.string().default(''),
  role: Role.default('user'),
  plan: Plan.default('free'),
  company_id: z.string().nullable().default(null),
  kind: z.enum(['user', 'service']),
})

/** What auth keeps beside the denylist, so that a change of role or plan holds from the next request on. */
export const AccountStamp = z.object({ role: Role, plan: Plan, suspended: z.boolean() })
export type AccountStamp = z.output<typeof AccountStamp>

export const revocationKeys = {
  token: (jti: string) => `deny:jti:${jti}`,
  session: (sid: string) => `deny:sid:${sid}`,
  account: (sub: string) => `account:${sub}`,
}

/**
 * Verifies RFC 9068 access tokens (ES256, issuer, audience, type) and asks the denylist, by `jti` and `sid` and never by the raw
 * token, since one token has several encodings. A good signature is remembered for a minute; the denylist is asked every time.
 * Throws a 401 AppError for whatever does not pass.
 */
export function tokenCheck({ issuer, keyValue, keys, now = Date.now }: Options): TokenCheck {
  const keySet =
    keys instanceof URL
      ? createRemoteJWKSet(keys, { cooldownDuration: 5_000, cacheMaxAge: 300_000, timeoutDuration: 3_000 })
      : keys
  const denylist = trackedDenylist(keyValue, now)
  const verified = verifiedTokens<z.output<typeof Claims>>({ now })

  return async (token) => {
    let claims = verified.get(token)
    if (!claims) {
      claims = await verify(token, keySet, issuer)
      verified.keep(token, claims)
    }
    const [deniedToken, deniedSession, stampText, revocationKnown] = await denylist(claims)
    if (deniedToken || deniedSession) throw unauthenticated('the token has been revoked')
    const stamp = stampText ? AccountStamp.parse(JSON.parse(stampText)) : undefined
    if (stamp?.suspended) throw unauthenticated('the account is suspended')
    const { sub, kind, sid, jti, exp, scope, company_id: companyId } = claims
    const { role, plan } = stamp ?? claims
    return {
      sub,
      kind,
      role,
      plan,
      sid,
      jti,
      companyId,
      scope: scope.split(' ').filter(Boolean),
      expiresAt: exp,
      revocationKnown,
    }
  }
}

async function verify(token: string, keySet: JWTVerifyGetKey, issuer: string): Promise<z.output<typeof Claims>> {
  if (token.length > 4_096) throw unauthenticated('the token is too long')
  try {
    const { payload } = await jwtVerify(token, keySet, {
      issuer,
      audience: tokenAudience,
      typ: 'at+jwt',
      algorithms: ['ES256'],
      requiredClaims: ['sub', 'jti', 'exp', 'iat'],
      clockTolerance: 2,
    })
    return Claims.parse(payload)
  } catch (cause) {
    if (isOutage(cause))
      throw new AppError('unavailable', 'tokens cannot be verified at the moment', { cause, retryAfterS: 1 })
    throw unauthenticated('the token is invalid or has expired', cause)
  }
}

function isOutage(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  const code = 'code' in cause ? cause.code : undefined
  return (
    code === 'ERR_JWKS_TIMEOUT' ||
    (cause instanceof TypeError && cause.message === 'fetch failed') ||
    code === 'ERR_JOSE_GENERIC'
  )
}

type DenylistAnswer = [
  token: string | undefined,
  session: string | undefined,
  account: string | undefined,
  known: boolean,
]

function trackedDenylist(keyValue: KeyValue, now: () => number) {
  let reachedAt = now()
  return async ({ jti, sid, sub }: { jti: string; sid: string; sub: string }): Promise<DenylistAnswer> => {
    const names = [revocationKeys.token(jti), revocationKeys.session(sid), revocationKeys.account(sub)]
    try {
      const [token, session, account] = await keyValue.getMany(names)
      reachedAt = now()
      return [token, session, account, true]
    } catch {
      return [undefined, undefined, undefined, now() - reachedAt < 30_000]
    }
  }
}

/** A 401 whose challenge says that the token is to blame (RFC 6750 §3.1). */
export function unauthenticated(detail: string, cause?: unknown): AppError {
  return new AppError('unauthenticated', detail, {
    cause,
    headers: { 'www-authenticate': 'Bearer realm="concord", error="invalid_token"' },
  })
}
