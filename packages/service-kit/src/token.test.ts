import { createHmac } from 'node:crypto'
import { inProcessKeyValue } from '@concord/key-value/in-process'
import type { CryptoKey } from 'jose'
import { createLocalJWKSet, exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { revocationKeys, tokenAudience, tokenCheck } from './token.ts'

const issuer = 'https://concord.example'
const claims = { sub: 'usr_1', sid: 'ses_1', kind: 'user', role: 'user', plan: 'pro', scope: '', company_id: null }
const keyValue = inProcessKeyValue()

async function setUp() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const foreign = await generateKeyPair('ES256')
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }] })
  return { privateKey, publicKey, foreign, check: tokenCheck({ issuer, keyValue, keys }) }
}

let world: Awaited<ReturnType<typeof setUp>>
beforeAll(async () => {
  world = await setUp()
})

type Overrides = {
  header?: Record<string, unknown>
  payload?: Record<string, unknown>
  issuer?: string
  audience?: string
  expires?: string | number
  key?: CryptoKey
}

function aToken(o: Overrides = {}): Promise<string> {
  return new SignJWT({ ...claims, ...o.payload })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k1', ...o.header })
    .setIssuer(o.issuer ?? issuer)
    .setAudience(o.audience ?? tokenAudience)
    .setJti('jti-1')
    .setIssuedAt()
    .setExpirationTime(o.expires ?? '10m')
    .sign(o.key ?? world.privateKey)
}

test('a good token gives its principal', async () => {
  expect(await world.check(await aToken({ payload: { scope: 'queries:read panel:read' } }))).toMatchObject({
    sub: 'usr_1',
    kind: 'user',
    role: 'user',
    plan: 'pro',
    sid: 'ses_1',
    scope: ['queries:read', 'panel:read'],
    revocationKnown: true,
  })
})

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('a hostile token is refused', () => {
  test.each<[string, () => Promise<string>]>([
    ['of another issuer', () => aToken({ issuer: 'https://evil.example' })],
    ['for another audience', () => aToken({ audience: 'other' })],
    ['that has expired', () => aToken({ expires: Math.floor(Date.now() / 1_000) - 60 })],
    ['of another type', () => aToken({ header: { typ: 'JWT' } })],
    ['by another key under our key id', () => aToken({ key: world.foreign.privateKey })],
    ['with an unknown key id', () => aToken({ header: { kid: '../../k1' } })],
    [
      'that brings its own key',
      async () =>
        aToken({ key: world.foreign.privateKey, header: { kid: 'k2', jwk: await exportJWK(world.foreign.publicKey) } }),
    ],
    [
      'with an unknown critical header',
      async () =>
        `${base64({ alg: 'ES256', typ: 'at+jwt', kid: 'k1', crit: ['x'], x: 1 })}.${(await aToken()).split('.').slice(1).join('.')}`,
    ],
    ['without a signature', async () => `${base64({ alg: 'none', typ: 'at+jwt' })}.${(await aToken()).split('.')[1]}.`],
    [
      'signed with the public key as an HMAC secret',
      async () => {
        const input = `${base64({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })}.${(await aToken()).split('.')[1]}`
        return `${input}.${createHmac('sha256', await exportSPKI(world.publicKey))
          .update(input)
          .digest('base64url')}`
      },
    ],
    ['with an altered payload', async () => (await aToken()).replace(/\.(.{10})./, '.$1A')],
    ['that names an unknown role', () => aToken({ payload: { role: 'root' } })],
    ['of unbounded length', async () => 'a'.repeat(10_000)],
  ])('%s', async (_name, make) => {
    await expect(world.check(await make())).rejects.toMatchObject({ name: 'AppError', code: 'unauthenticated' })
  })
})

describe('revocation', () => {
  test('works by token and by session, whatever way the token is written', async () => {
    const token = await aToken()
    await keyValue.set(revocationKeys.token('jti-1'), '1', { ttlMs: 60_000 })
    await expect(world.check(token)).rejects.toMatchObject({ code: 'unauthenticated' })
    await keyValue.delete(revocationKeys.token('jti-1'))
    await keyValue.set(revocationKeys.session('ses_1'), '1', { ttlMs: 60_000 })
    await expect(world.check(token)).rejects.toMatchObject({ code: 'unauthenticated' })
    await keyValue.delete(revocationKeys.session('ses_1'))

    expect((await world.check(token)).sub).toBe('usr_1')
  })

  test('a new role and plan hold before the token is renewed, and a suspension ends it', async () => {
    const token = await aToken()
    await keyValue.set(
      revocationKeys.account('usr_1'),
      JSON.stringify({ role: 'admin', plan: 'free', suspended: false }),
      { ttlMs: 60_000 },
    )
    expect(await world.check(token)).toMatchObject({ role: 'admin', plan: 'free' })
    await keyValue.set(
      revocationKeys.account('usr_1'),
      JSON.stringify({ role: 'admin', plan: 'free', suspended: true }),
      { ttlMs: 60_000 },
    )
    await expect(world.check(token)).rejects.toMatchObject({ code: 'unauthenticated' })
    await keyValue.delete(revocationKeys.account('usr_1'))
  })

  test('says after 30 s out of reach that revocations are not known', async () => {
    let now = 0
    const away = { ...keyValue, getMany: () => Promise.reject(new Error('away')) }
    const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(world.publicKey)), kid: 'k1', alg: 'ES256' }] })
    const check = tokenCheck({ issuer, keyValue: away, keys, now: () => now })
    const token = await aToken()
    const early = await check(token)
    now = 31_000

    expect([early.revocationKnown, (await check(token)).revocationKnown]).toEqual([true, false])
  })
})
