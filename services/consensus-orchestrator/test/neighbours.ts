import { createServer } from 'node:http'
import type { PanelModel } from '@concord/contracts/panel'
import type { Plan } from '@concord/contracts/plans'
import { newId } from '@concord/service-kit/ids'
import { tokenAudience } from '@concord/service-kit/token'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

export const issuer = 'http://concord.test'

export type Neighbours = {
  url: string
  /** What `GET /internal/models` answers; undefined stands for an ai-inference that is down. */
  models: PanelModel[] | undefined
  userToken(user: string, o?: { plan?: Plan; scope?: string }): Promise<string>
  serviceToken(): Promise<string>
  close(): Promise<void>
}

/** Stands in for auth and for the catalogue of ai-inference, over real HTTP. */
export async function startNeighbours(): Promise<Neighbours> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }
  const sign = (sub: string, claims: Record<string, unknown>) =>
    new SignJWT({ scope: '', ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt' })
      .setSubject(sub)
      .setJti(crypto.randomUUID())
      .setIssuer(issuer)
      .setAudience(tokenAudience)
      .setIssuedAt()
      .setExpirationTime('10m')
      .sign(privateKey)

  const serviceToken = () => sign('ai-inference', { kind: 'service' })
  const answers: Record<string, () => Promise<unknown>> = {
    '/.well-known/jwks.json': async () => ({ keys: [jwk] }),
    '/auth/token': async () => ({
      access_token: await serviceToken(),
      token_type: 'Bearer',
      expires_in: 600,
      scope: '',
    }),
    '/internal/models': async () => neighbours.models && { data: neighbours.models },
  }
  const server = createServer((request, response) => {
    void (async () => {
      const answer = await answers[request.url ?? '']?.()
      response.writeHead(answer === undefined ? 503 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer ?? {}))
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the neighbours have no port')

  const neighbours: Neighbours = {
    url: `http://127.0.0.1:${address.port}`,
    models: panelOf('gpt5', 'claude', 'gemini', 'grok'),
    userToken: (user, { plan = 'pro', scope = '' } = {}) =>
      sign(user, { kind: 'user', role: 'user', plan, scope, sid: newId('ses'), company_id: null }),
    serviceToken,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return neighbours
}

export function panelOf(...names: string[]): PanelModel[] {
  return names.map((name) => aModel({ name, family: name, provider: name }))
}

export function aModel(overrides: Partial<PanelModel> = {}): PanelModel {
  return {
    name: 'gpt5',
    provider: 'openai',
    provider_model: 'gpt-5',
    family: 'openai',
    state: 'sandbox',
    latency_ms: { p50: null, p95: null },
    prices: { input_usd_per_million_tokens: 1, output_usd_per_million_tokens: 10 },
    limits: { context_tokens: 200_000, max_output_tokens: 16_000 },
    ...overrides,
  }
}
