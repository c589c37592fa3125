import { liveChannel } from '@concord/contracts/live-events'
import type { LiveEvent } from '@concord/contracts/live-events'
import { busMigrations } from '@concord/messaging/in-process'
import { loadConfig } from '@concord/service-kit/config'
import type { Platform } from '@concord/service-kit/platform'
import { startService } from '@concord/service-kit/service'
import { tokenAudience } from '@concord/service-kit/token'
import type { Engine } from '@concord/testing/engines'
import { openTestPlatform } from '@concord/testing/platform'
import Fastify from 'fastify'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { Config } from '../src/config.ts'
import { gateway } from '../src/service.ts'
import { startFakeOrchestrator } from './fake-orchestrator.ts'

type Open = (options: { migrations: { service: string; folder: string }[] }) => Promise<Engine>

const publicUrl = 'http://localhost:8080'

const scopeOfKey: Record<string, string> = {
  ck_good: 'queries:read',
  ck_narrow: 'panel:read',
  ck_models: 'models:use',
  ck_council: 'queries:read queries:write',
}

/** Auth's part that the gateway needs: a key set, service tokens, API keys. */
async function startFakeAuth() {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256', use: 'sig' }
  const server = Fastify()
  const sign = (claims: Record<string, unknown>) =>
    new SignJWT({ role: 'user', plan: 'free', kind: 'user', scope: '', company_id: null, ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k' })
      .setIssuer(publicUrl)
      .setAudience(tokenAudience)
      .setJti(crypto.randomUUID())
      .setIssuedAt()
      .setExpirationTime('600s')
      .sign(privateKey)
  server.get('/health', async () => ({ status: 'ok' }))
  server.get('/openapi.json', async () => ({
    openapi: '3.1.0',
    info: { title: 'auth', version: '1' },
    paths: { '/auth/login': { post: {} }, '/auth/token': { post: {} } },
  }))
  server.get('/.well-known/jwks.json', async () => ({ keys: [jwk] }))
  server.post('/auth/token', async () => ({
    access_token: await sign({ sub: 'svc_gateway', kind: 'service', scope: 'internal' }),
    token_type: 'Bearer',
    expires_in: 600,
    scope: 'internal',
  }))
  server.post<{ Body: { key: string } }>('/internal/api-keys/exchange', async (request, reply) => {
    const scope = scopeOfKey[request.body.key]
    if (scope === undefined) return reply.code(401).send({})
    return { access_token: await sign({ sub: 'usr_1', sid: 'key_1', scope }), expires_in: 60 }
  })
  server.all('/api/v1/auth/*', async (request) => ({ seen: request.url, ip: request.headers['x-forwarded-for'] }))
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  return { url, sign, close: () => server.close() }
}

/** The whole gateway on a suite's engine, listening, before fake services at their HTTP interfaces, or in this process. */
export async function openTestGateway(
  open: Open,
  settings: Record<string, string> = {},
  neighbours?: Platform['neighbours'],
) {
  const engine = await open({ migrations: [busMigrations] })
  const platform: Platform = { ...openTestPlatform('gateway', engine), ...(neighbours ? { neighbours } : {}) }
  const [auth, orchestrator] = await Promise.all([startFakeAuth(), startFakeOrchestrator()])
  const config = loadConfig(Config, {
    SERVICE_CLIENT_SECRET: 'a-secret-of-the-gateway',
    PUBLIC_URL: publicUrl,
    AUTH_URL: auth.url,
    ORCHESTRATOR_URL: orchestrator.url,
    INFERENCE_URL: orchestrator.url,
    ...settings,
  })
  const running = await startService('gateway', await gateway.create(config, platform), platform, {
    host: '127.0.0.1',
    port: 0,
  })
  return {
    url: running.url,
    platform,
    orchestrator,
    /** A user's token; `sid` names the session. */
    token: (sub: string, sid = `ses_of_${sub}`) => auth.sign({ sub, sid }),
    publish: (event: LiveEvent) => platform.keyValue.publish(liveChannel(event.query_id), JSON.stringify(event)),
    async close() {
      await running.close()
      await Promise.all([auth.close(), orchestrator.close()])
      await platform.close()
      await engine.close()
    },
  }
}
