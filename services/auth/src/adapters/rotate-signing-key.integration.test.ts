import { createVault } from '@concord/vault/vault'
import { engines } from '@concord/testing/engines'
import { sql } from '@concord/database/sql'
import { decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aUser, bearer, openTestAuth } from '../../test/open-test-auth.ts'
import { subjectKeys } from '../db/schema.ts'
import { rotateSigningKey, signingKeyStates } from './rotate-signing-key.ts'

describe.each(engines)('a new signing key on the $name adapters', ({ open }) => {
  let auth: Awaited<ReturnType<typeof openTestAuth>>
  beforeAll(async () => {
    auth = await openTestAuth(open)
  })
  afterAll(() => auth.close())

  const rotate = (leadS: number) => {
    const { database, ring } = auth.platform
    return rotateSigningKey(database, createVault({ ring, keys: subjectKeys }), { leadS })
  }
  const published = async () => {
    const { keys } = (await auth.app.inject('/.well-known/jwks.json')).json()
    return keys.map(({ kid }: { kid: string }) => kid)
  }
  const setBack = (seconds: number) =>
    auth.platform.database.db.execute(
      sql`update auth.signing_keys set signs_from = signs_from - ${seconds}::int * interval '1 second'`,
    )
  const kidOf = (token: string) => decodeProtectedHeader(token).kid ?? ''
  const answers = async (token: string) =>
    (await auth.app.inject({ url: '/auth/me', headers: bearer(token) })).statusCode

  test('is published before it signs, signs when its time has come, and leaves the former to verify until its last token has expired', async () => {
    const { access_token: former } = await aUser(auth.app)
    const { kid } = await rotate(600)
    expect(await rotate(600)).toMatchObject({ kid, already: true })
    await auth.deps.noticeSigningKeys()
    const { access_token: early } = await aUser(auth.app)

    expect(kidOf(early)).toBe(kidOf(former))
    expect(await published()).toEqual([kidOf(former), kid])

    await setBack(601)
    await auth.deps.noticeSigningKeys()
    const { access_token: later } = await aUser(auth.app)

    expect(kidOf(later)).toBe(kid)
    expect([await answers(former), await answers(later)]).toEqual([200, 200])

    await setBack(2 * 3_600)
    await auth.deps.noticeSigningKeys()

    expect(await published()).toEqual([kid])
    expect(await answers(later)).toBe(200)
    expect((await signingKeyStates(auth.platform.database)).map(({ state }) => state)).toEqual(['signing', 'spent'])
  })
})
