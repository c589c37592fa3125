import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { engines } from '@concord/testing/engines'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aUser, bearer, clientCredentials, openTestAuth, password } from '../test/open-test-auth.ts'
import { createAdmin } from './admin/create-admin.ts'

describe.each(engines)('auth on the $name adapters', ({ open }) => {
  let auth: Awaited<ReturnType<typeof openTestAuth>>
  beforeAll(async () => {
    auth = await openTestAuth(open)
  })
  afterAll(() => auth.close())

  const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
    auth.app.inject({ method: 'POST', url, payload, headers })
  const get = (url: string, token: string) => auth.app.inject({ url, headers: bearer(token) })

  async function superAdmin() {
    const email = `root${Math.random()}@example.org`
    await createAdmin(auth.deps, { email, password, role: 'super_admin' })
    return (await post('/auth/login', { email, password })).json()
  }

  test('registers, and the tokens are RFC 9068 access tokens that the key set verifies', async () => {
    const answer = await post('/auth/register', { email: 'Ada@Example.org', password, full_name: 'Ada' })
    const { user, access_token: token, expires_in: expiresIn } = answer.json()

    expect(answer.statusCode).toBe(201)
    expect(user).toMatchObject({
      email: 'ada@example.org',
      username: null,
      role: 'user',
      plan: 'free',
      company_id: null,
    })
    expect(expiresIn).toBe(600)
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' })
    expect(decodeJwt(token)).toMatchObject({
      sub: user.id,
      aud: 'concord-api',
      plan: 'free',
      role: 'user',
      sid: expect.stringMatching(/^ses_/),
    })
    const url = await auth.app.listen({ host: '127.0.0.1', port: 0 })
    await jwtVerify(token, createRemoteJWKSet(new URL('/.well-known/jwks.json', url)), {
      issuer: 'http://localhost:8080',
      audience: 'concord-api',
    })
    expect((await get('/auth/me', token)).json()).toEqual(user)
  })

  test('answers 409 to a taken e-mail, however it is typed', async () => {
    const { email } = await aUser(auth.app)

    expect((await aUser(auth.app, { email: email.toUpperCase() })).status).toBe(409)
  })

  test.each([
    [{ password: 'short' }, '#/password'],
    [{ email: 'no address' }, '#/email'],
    [{ role: 'super_admin' }, '#/role'],
    [{ plan: 'guardian' }, '#/plan'],
    [{ full_name: null }, '#/full_name'],
    [{ full_name: 'a\u0000b' }, '#/full_name'],
    [{ username: '../etc' }, '#/username'],
  ])('answers 400 to a registration with %j and names the field', async (fault, pointer) => {
    const answer = await post('/auth/register', { email: 'new@example.org', password, full_name: 'New', ...fault })

    expect(answer.statusCode).toBe(400)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.json()).toMatchObject({ type: 'https://concord.dev/problems/invalid-request', errors: [{ pointer }] })
  })

  test('signs in with the right password, and answers a wrong one and an unknown e-mail alike', async () => {
    const { email } = await aUser(auth.app)
    const right = await post('/auth/login', { email, password })
    const wrong = await post('/auth/login', { email, password: 'not the password' })
    const unknown = await post('/auth/login', { email: 'nobody@example.org', password })

    expect(right.statusCode).toBe(200)
    expect([wrong.statusCode, unknown.statusCode]).toEqual([401, 401])
    expect({ ...wrong.json(), trace_id: '' }).toEqual({ ...unknown.json(), trace_id: '' })
  })

  test('answers 429 after five failures for an account from an address, also to the right password, and not from elsewhere', async () => {
    const { email } = await aUser(auth.app)
    const failed = await Promise.all(
      Array.from({ length: 12 }, () => post('/auth/login', { email, password: 'not the password' })),
    )
    const here = await post('/auth/login', { email, password })
    const elsewhere = await post('/auth/login', { email, password }, { 'x-forwarded-for': '203.0.113.9' })

    expect(failed.filter(({ statusCode }) => statusCode === 401)).toHaveLength(5)
    expect(here.statusCode).toBe(429)
    expect(Number(here.headers['retry-after'])).toBeGreaterThan(0)
    expect(elsewhere.statusCode).toBe(200)
  })

  test('one of twenty parallel refreshes wins, and its session lives on', async () => {
    const { refresh_token } = await aUser(auth.app)
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('/auth/refresh', { refresh_token })))
    const won = answers.filter(({ statusCode }) => statusCode === 200)

    expect(won).toHaveLength(1)
    expect(answers.filter(({ statusCode }) => statusCode === 401)).toHaveLength(19)
    expect((await post('/auth/refresh', { refresh_token: won[0]?.json().refresh_token })).statusCode).toBe(200)
  })

  test('a refresh token used again after the grace ends its family and its access tokens', async () => {
    const strict = await openTestAuth(open, { REFRESH_GRACE_S: '0' })
    const first = await aUser(strict.app)
    const second = (
      await strict.app.inject({ method: 'POST', url: '/auth/refresh', payload: { refresh_token: first.refresh_token } })
    ).json()
    await new Promise((resolve) => setTimeout(resolve, 20))
    const reused = await strict.app.inject({
      method: 'POST',
      url: '/auth/refresh',
      payload: { refresh_token: first.refresh_token },
    })
    const successor = await strict.app.inject({
      method: 'POST',
      url: '/auth/refresh',
      payload: { refresh_token: second.refresh_token },
    })
    const me = await strict.app.inject({ url: '/auth/me', headers: bearer(second.access_token) })
    await strict.close()

    expect([reused.statusCode, successor.statusCode, me.statusCode]).toEqual([401, 401, 401])
  })

  test('logout ends this session at once and leaves others alone', async () => {
    const { email, access_token: token, refresh_token } = await aUser(auth.app)
    const other = (await post('/auth/login', { email, password })).json()
    const out = await auth.app.inject({ method: 'POST', url: '/auth/logout', headers: bearer(token) })

    expect(out.statusCode).toBe(204)
    expect((await get('/auth/me', token)).statusCode).toBe(401)
    expect((await post('/auth/refresh', { refresh_token })).statusCode).toBe(401)
    expect((await get('/auth/me', other.access_token)).statusCode).toBe(200)
  })

  test('the console gets its refresh token in a cookie that no script reads, and refreshes with it', async () => {
    const console = { 'x-concord-client': 'console' }
    const { email } = await aUser(auth.app)
    const signedIn = await post('/auth/login', { email, password }, console)
    const [cookie] = signedIn.cookies
    const withCookie = { cookie: `concord_refresh=${cookie?.value}` }

    expect(signedIn.json()).not.toHaveProperty('refresh_token')
    expect(cookie).toMatchObject({ name: 'concord_refresh', httpOnly: true, sameSite: 'Strict', path: '/api/v1/auth' })
    expect((await post('/auth/refresh', {}, withCookie)).statusCode).toBe(401)
    expect((await post('/auth/refresh', {}, { ...withCookie, ...console })).statusCode).toBe(200)
  })

  test('an API key is shown once, works until it is revoked, and cannot make keys', async () => {
    const { access_token: token } = await aUser(auth.app)
    const created = await post('/auth/api-keys', { name: 'laptop', scopes: ['queries:read'] }, bearer(token))
    const { id, key } = created.json()
    const service = (await post('/auth/token', clientCredentials)).json().access_token
    const exchange = () => post('/internal/api-keys/exchange', { key }, bearer(service))
    const exchanged = (await exchange()).json().access_token

    expect(created.statusCode).toBe(201)
    expect(key).toMatch(/^ck_/)
    expect((await get('/auth/api-keys', token)).body).not.toContain(key)
    expect(decodeJwt(exchanged)).toMatchObject({ scope: 'queries:read', sid: id })
    expect((await post('/auth/api-keys', { name: 'more' }, bearer(exchanged))).statusCode).toBe(403)
    expect(
      (await auth.app.inject({ method: 'DELETE', url: `/auth/api-keys/${id}`, headers: bearer(token) })).statusCode,
    ).toBe(204)
    expect((await exchange()).statusCode).toBe(401)
    expect((await get('/auth/me', exchanged)).statusCode).toBe(401)
  })

  test('an API key has the powers of its scopes and no others, also an administrator’s', async () => {
    const { access_token: root, user } = await superAdmin()
    const { key } = (await post('/auth/api-keys', { name: 'narrow', scopes: ['queries:read'] }, bearer(root))).json()
    const service = (await post('/auth/token', clientCredentials)).json().access_token
    const narrow = (await post('/internal/api-keys/exchange', { key }, bearer(service))).json().access_token

    expect((await get('/auth/me', narrow)).statusCode).toBe(403)
    expect((await post('/auth/logout', {}, bearer(narrow))).statusCode).toBe(403)
    expect((await post(`/admin/users/${user.id}/role`, { role: 'super_admin' }, bearer(narrow))).statusCode).toBe(403)
    expect((await post(`/admin/users/${user.id}/plan`, { plan: 'guardian' }, bearer(narrow))).statusCode).toBe(403)
  })

  test('answers with tokens are kept out of caches, and the key set is not', async () => {
    const { email } = await aUser(auth.app)
    const signedIn = await post('/auth/login', { email, password })
    const keySet = await auth.app.inject('/.well-known/jwks.json')

    expect(signedIn.headers['cache-control']).toBe('no-store')
    expect(keySet.headers['cache-control']).toBe('public, max-age=300')
  })

  test('API keys are listed by pages, newest first, each owner only their own', async () => {
    const { access_token: token } = await aUser(auth.app)
    const { access_token: stranger } = await aUser(auth.app)
    for (const name of ['one', 'two', 'three']) await post('/auth/api-keys', { name }, bearer(token))
    const first = (await get('/auth/api-keys?limit=2', token)).json()
    const second = (await get(`/auth/api-keys?limit=2&cursor=${first.next_cursor}`, token)).json()

    expect([...first.data, ...second.data].map(({ name }: { name: string }) => name)).toEqual(['three', 'two', 'one'])
    expect(second.next_cursor).toBeNull()
    expect((await get('/auth/api-keys', stranger)).json().data).toEqual([])
    expect((await get('/auth/api-keys?limit=0', token)).statusCode).toBe(400)
    expect((await get('/auth/api-keys?cursor=xx', token)).statusCode).toBe(400)
  })

  test('internal routes take service tokens only', async () => {
    const { access_token: token } = await aUser(auth.app)

    expect((await post('/internal/api-keys/exchange', { key: 'ck_x' }, bearer(token))).statusCode).toBe(403)
    expect((await post('/internal/api-keys/exchange', { key: 'ck_x' })).statusCode).toBe(401)
    expect((await post('/auth/token', { ...clientCredentials, client_secret: 'a wrong one' })).statusCode).toBe(401)
    expect((await post('/auth/token', { ...clientCredentials, client_id: 'nobody' })).statusCode).toBe(401)
  })

  test('client credentials also come as a form with Basic authorization', async () => {
    const answer = await auth.app.inject({
      method: 'POST',
      url: '/auth/token',
      payload: 'grant_type=client_credentials',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${btoa(`${clientCredentials.client_id}:${clientCredentials.client_secret}`)}`,
      },
    })

    expect(answer.statusCode).toBe(200)
  })

  test('a plan and a role hold from the next request on, and the old token still works', async () => {
    const { access_token: root } = await superAdmin()
    const { user, access_token: token } = await aUser(auth.app)
    const changed = await post(`/admin/users/${user.id}/plan`, { plan: 'pro' }, bearer(root))
    await post(`/admin/users/${user.id}/role`, { role: 'admin' }, bearer(root))
    const byNewAdmin = await post(`/admin/users/${user.id}/plan`, { plan: 'researcher' }, bearer(token))

    expect(changed.json()).toMatchObject({ id: user.id, plan: 'pro' })
    expect(byNewAdmin.statusCode).toBe(200)
    expect((await get('/auth/me', token)).json()).toMatchObject({ role: 'admin', plan: 'researcher' })
  })

  test('only a super_admin makes admins, and users change nobody', async () => {
    const { access_token: root } = await superAdmin()
    const admin = await aUser(auth.app)
    const user = await aUser(auth.app)
    await post(`/admin/users/${admin.user.id}/role`, { role: 'admin' }, bearer(root))
    const roleOf = (id: string, role: string, token: string) => post(`/admin/users/${id}/role`, { role }, bearer(token))

    expect((await roleOf(user.user.id, 'agent', admin.access_token)).statusCode).toBe(200)
    expect((await roleOf(user.user.id, 'admin', admin.access_token)).statusCode).toBe(403)
    expect((await roleOf(admin.user.id, 'super_admin', admin.access_token)).statusCode).toBe(403)
    expect((await roleOf(user.user.id, 'admin', user.access_token)).statusCode).toBe(403)
    expect((await roleOf('usr_00000000000000000000000000000000', 'agent', root)).statusCode).toBe(404)
  })

  test('an Idempotency-Key on an answer with secrets is good for one request', async () => {
    const key = { 'idempotency-key': 'register-once' }
    const body = { email: 'once@example.org', password, full_name: 'Once' }

    expect((await post('/auth/register', body, key)).statusCode).toBe(201)
    expect((await post('/auth/register', body, key)).statusCode).toBe(409)
    expect((await post('/auth/register', { ...body, email: 'twice@example.org' }, key)).statusCode).toBe(409)
    expect((await post('/auth/login', { email: 'twice@example.org', password })).statusCode).toBe(401)
  })

  test.each(['not a token', 'a.b.c', 'eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJzdWIiOiJ1c3JfMSJ9.'])(
    'refuses the token %s with a challenge',
    async (token) => {
      const answer = await get('/auth/me', token)

      expect(answer.statusCode).toBe(401)
      expect(answer.headers['www-authenticate']).toContain('Bearer')
    },
  )

  test('signing keys and refresh tokens never lie readable in the database', async () => {
    const { refresh_token } = await aUser(auth.app)
    const rows = await auth.platform.database.db.execute(
      'select row_to_json(k)::text as row from auth.signing_keys k union all select row_to_json(t)::text from auth.refresh_tokens t',
    )

    const stored = JSON.stringify(rows.rows)
    expect(stored).not.toContain(refresh_token)
    expect(stored).not.toContain('"d":')
    expect(stored).not.toContain(String.raw`\"d\":`)
  })
})

test('the last super_admin stays', async () => {
  const auth = await openTestAuth(engines[0].open)
  const { account } = await createAdmin(auth.deps, { email: 'root@example.org', password, role: 'super_admin' })
  const { access_token: root } = (
    await auth.app.inject({ method: 'POST', url: '/auth/login', payload: { email: 'root@example.org', password } })
  ).json()
  const answer = await auth.app.inject({
    method: 'POST',
    url: `/admin/users/${account.id}/role`,
    payload: { role: 'user' },
    headers: bearer(root),
  })
  await auth.close()

  expect(answer.statusCode).toBe(409)
})
