import { createServer } from 'node:http'
import { userErased } from '@concord/contracts/events'
import type { Plan } from '@concord/contracts/plans'
import { loadConfig } from '@concord/service-kit/config'
import { newId } from '@concord/service-kit/ids'
import { startService } from '@concord/service-kit/service'
import { tokenAudience } from '@concord/service-kit/token'
import type { Engine } from '@concord/testing/engines'
import { openTestPlatform } from '@concord/testing/platform'
import { patienceMs, patiently } from '@concord/testing/patience'
import { newKeyRing } from '@concord/vault/key-ring'
import { asc, eq } from '@concord/database/sql'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import OpenAI from 'openai'
import { vi } from 'vitest'
import { Config } from '../src/config.ts'
import { usage } from '../src/db/schema.ts'
import { aiInference } from '../src/service.ts'
import type { emulatedProviders } from './emulated-providers.ts'

const issuer = 'http://concord.test'

/** Auth's keys over HTTP, and tokens that auth would sign. */
async function startAuth() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [jwk] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const sign = (sub: string, claims: Record<string, unknown>) =>
    new SignJWT({ kind: 'user', role: 'user', sid: newId('ses'), company_id: null, scope: '', ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt' })
      .setSubject(sub)
      .setJti(crypto.randomUUID())
      .setIssuer(issuer)
      .setAudience(tokenAudience)
      .setIssuedAt()
      .setExpirationTime('10m')
      .sign(privateKey)
  return {
    url: typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '',
    sign,
    close: () => void server.close(),
  }
}

type Options = {
  engine: Engine
  providers: Pick<Awaited<ReturnType<typeof emulatedProviders>>, 'urls'>
  settings?: Record<string, string>
}

function environmentOf({ databaseUrl }: Engine, urls: Options['providers']['urls'], authUrl: string) {
  return {
    DATABASE_URL: databaseUrl,
    VAULT_KEYS: newKeyRing(),
    SERVICE_CLIENT_SECRET: 'the secret of this test',
    PUBLIC_URL: issuer,
    AUTH_URL: authUrl,
    LOG_LEVEL: 'silent',
    BREAKER_FAILURES: '1000',
    EMULATOR_URL_OPENAI: urls.openai,
    EMULATOR_URL_ANTHROPIC: urls.anthropic,
    EMULATOR_URL_GEMINI: urls.gemini,
    EMULATOR_URL_XAI: urls.xai,
  }
}

/** ai-inference with its OpenAI-compatible door, and clients of it. */
export async function doorMesh({ engine, providers: { urls }, settings = {} }: Options) {
  const auth = await startAuth()
  const platform = openTestPlatform(aiInference.name, engine)
  const config = loadConfig(Config, { ...environmentOf(engine, urls, auth.url), ...settings })
  const instance = await aiInference.create(config, platform)
  const service = await startService(aiInference.name, instance, platform, { host: '127.0.0.1', port: 0 })
  const userToken = (user: string, o: { plan?: Plan; scope?: string } = {}) =>
    auth.sign(user, { plan: o.plan ?? 'guardian', scope: o.scope ?? '' })
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= service.close())

  return {
    url: service.url,
    platform,
    userToken,
    serviceToken: () => auth.sign('gateway', { kind: 'service' }),
    /** OpenAI's own client, as a user of a fresh account unless told. */
    async client(o: { user?: string; plan?: Plan; scope?: string } = {}) {
      const user = o.user ?? newId('usr')
      const token = await userToken(user, o)
      const openai = new OpenAI({ apiKey: token, baseURL: `${service.url}/v1`, maxRetries: 0, logLevel: 'off' })
      return { openai, user, token }
    },
    post: (token: string | undefined, path: string, body: unknown, signal?: AbortSignal) =>
      fetch(`${service.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        signal: signal ?? AbortSignal.timeout(patienceMs),
      }),
    /** What is written down of a user's calls, once there are `count`. */
    usageOf: (user: string, count: number) =>
      vi.waitFor(async () => {
        const rows = await platform.database.db
          .select()
          .from(usage)
          .where(eq(usage.userId, user))
          .orderBy(asc(usage.at))
        if (rows.length < count) throw new Error(`${rows.length} of ${count}`)
        return rows
      }, patiently),
    /** Auth's word that the user is gone. */
    async erase(user: string) {
      const body = userErased.schema.parse({
        id: crypto.randomUUID(),
        type: userErased.type,
        source: 'auth',
        time: new Date().toISOString(),
        correlation_id: user,
        data: { user_id: user },
      })
      await platform.bus.publish([{ id: body.id, type: body.type, body, headers: {} }])
    },
    stop,
    async close() {
      await stop()
      await platform.close()
      auth.close()
    },
  }
}

export type DoorMesh = Awaited<ReturnType<typeof doorMesh>>
