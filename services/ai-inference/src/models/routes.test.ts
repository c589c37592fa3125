import { ModelList } from '@concord/contracts/panel'
import { AppError } from '@concord/service-kit/errors'
import { createLogger } from '@concord/service-kit/logging'
import { createMetrics } from '@concord/service-kit/metrics'
import { createServer } from '@concord/service-kit/server'
import type { Principal, TokenCheck } from '@concord/service-kit/token'
import { afterAll, describe, expect, test } from 'vitest'
import { loadCatalogue } from './catalogue.ts'
import { modelRoutes } from './routes.ts'
import { trackRecord } from './track-record.ts'

const principal: Principal = {
  sub: 'gateway',
  kind: 'service',
  role: 'user',
  plan: 'free',
  sid: '',
  jti: 'j1',
  scope: [],
  companyId: null,
  expiresAt: 0,
  revocationKnown: true,
}
const check: TokenCheck = async (token) => {
  if (token === 'of-a-service') return principal
  if (token === 'of-a-user') return { ...principal, sub: 'usr_1', kind: 'user' }
  throw new AppError('unauthenticated', 'the token is invalid or has expired')
}
const app = createServer({
  name: 'ai-inference',
  logger: createLogger('test', 'silent'),
  metrics: createMetrics('test'),
  isReady: async () => {},
})
app.register(modelRoutes, {
  check,
  catalogue: loadCatalogue(),
  accessOf: () => ({ sandbox: true }),
  breakerOf: () => 'closed',
  record: trackRecord(new Map([['gpt5', [1_000, 3_000]]])),
})
afterAll(() => app.close())

describe('GET /internal/models', () => {
  const get = (token?: string) =>
    app.inject({ url: '/internal/models', headers: token ? { authorization: `Bearer ${token}` } : {} })

  test('tells a service the models with state, latency, prices and limits', async () => {
    const response = await get('of-a-service')

    expect(response.statusCode).toBe(200)
    expect(ModelList.parse(response.json()).data[0]).toMatchObject({
      name: 'gpt5',
      provider: 'openai',
      state: 'sandbox',
      latency_ms: { p50: 1_000, p95: 3_000 },
    })
  })

  test.each([
    ['no token', undefined, 401],
    ['an invalid token', 'of-nobody', 401],
    ['a user’s token', 'of-a-user', 403],
  ])('refuses %s', async (_what, token, status) => {
    expect((await get(token)).statusCode).toBe(status)
  })
})
